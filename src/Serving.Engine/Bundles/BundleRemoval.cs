using Serving.Data.Durability;

namespace Serving.Engine.Bundles;

/// <summary>Takes bundles out of a models folder: first out of sight as a whole, then off the disk.</summary>
public static class BundleRemoval
{
    /// <summary>
    /// Removes the bundle of a version, folder or file; nothing happens where there is none. What is loaded of it stays
    /// loaded.
    /// </summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Remove(string models, string model, long version)
    {
        string folder = Path.Combine(models, model);
        string path = Path.Combine(folder, $"{version}");
        string file = path + BundleNames.FileSuffix;
        string hidden = Path.Combine(folder, $".{version}.{Path.GetRandomFileName()}.removed");
        if (Directory.Exists(path))
        {
            Directory.Move(path, hidden);
            DurableFolder.Sync(folder);
            Directory.Delete(hidden, recursive: true);
        }

        if (File.Exists(file))
        {
            File.Delete(file);
            DurableFolder.Sync(folder);
        }
    }
}
