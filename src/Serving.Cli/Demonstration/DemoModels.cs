using System.Globalization;
using Serving.Cli.TensorModels;
using Serving.Engine.Bundles;
using Serving.Models.Tensors;

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

    /// <summary>The folder of a model's highest version.</summary>
    public string NewestOf(string model)
    {
        string folder = System.IO.Path.Combine(_folder.FullName, model);
        long newest = Directory.GetDirectories(folder)
            .Max(path => long.Parse(System.IO.Path.GetFileName(path), CultureInfo.InvariantCulture));
        return System.IO.Path.Combine(folder, newest.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Opens the highest version of a model. Where a native library would run it and is not there, that is said here: a
    /// server would start and have the model Failed.
    /// </summary>
    /// <exception cref="RuntimeMissingException">The library is not there; says how to get it.</exception>
    public Bundle OpenNewest(string model, IReadOnlyList<IScorerFactory> runtimes)
    {
        string folder = NewestOf(model);
        Bundle bundle = Bundle.Open(folder, runtimes);
        TensorSource.Find(System.IO.Path.Combine(folder, bundle.Manifest.Model), "auto", runtimes)
            ?.Open(TensorModelOptions.Default).Dispose();
        return bundle;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
