namespace Serving.Cli.Tests.Running;

/// <summary>A folder of a test's own files, deleted at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("serving-cli-").FullName;

    /// <summary>The path of a file in it, there or not.</summary>
    public string this[string name] => Path.Combine(Root, name);

    /// <summary>Names of everything directly in it, in order.</summary>
    public IEnumerable<string> Names =>
        Directory.GetFileSystemEntries(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Read(string name) => File.ReadAllText(this[name]);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
