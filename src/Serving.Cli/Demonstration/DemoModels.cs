namespace Serving.Cli.Demonstration;

/// <summary>A models folder that holds one sample model alone, by a link: the demo shows one model.</summary>
internal sealed class DemoModels : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-demo-");

    public DemoModels(string model)
    {
        string source = System.IO.Path.GetFullPath(System.IO.Path.Combine(DemoOptions.ModelsFolder, model));
        string target = System.IO.Path.Combine(_folder.FullName, model);
        Directory.CreateDirectory(target);
        foreach (string version in Directory.GetDirectories(source)
            .Where(path => long.TryParse(System.IO.Path.GetFileName(path), out _)))
        {
            Directory.CreateSymbolicLink(System.IO.Path.Combine(target, System.IO.Path.GetFileName(version)), version);
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
