namespace Serving.Cli.ObjectStores;

/// <summary>A bundle in an object store. Immutable.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Files">Keys by the file's name inside the bundle.</param>
internal sealed record StoredBundle(string Model, long Version, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>The file that makes a bundle exist.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>Whether it is there as a whole: the manifest is brought last.</summary>
    public bool IsComplete => Files.ContainsKey(Manifest);
}
