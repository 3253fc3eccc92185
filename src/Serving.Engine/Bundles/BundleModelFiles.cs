using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// The files of a tensor model inside a bundle, in the very bytes that were verified: a runtime that opens paths gets a
/// private copy of them, never the bundle's own folder. Safe for use by several threads.
/// </summary>
internal sealed class BundleModelFiles : ModelFiles
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Makes the files beside a bundle's model.</summary>
    public BundleModelFiles(BundleContent content)
    {
        string model = content.Manifest.Model;
        string folder = model[..(model.IndexOf('/', StringComparison.Ordinal) + 1)];
        Main = model[folder.Length..];
        foreach ((string name, byte[] bytes) in content.Files)
        {
            if (name.StartsWith(folder, StringComparison.Ordinal))
            {
                _files[name[folder.Length..]] = bytes;
            }
        }

        Names = [.. _files.Keys];
    }

    public override string Main { get; }

    public override IReadOnlyList<string> Names { get; }

    public override long LengthOf(string name) => _files.TryGetValue(name, out byte[]? bytes) ? bytes.Length : -1;

    public override ReadOnlyMemory<byte>? Read(string name) =>
        _files.TryGetValue(name, out byte[]? bytes) ? bytes : null;

    public override ModelFolderLease Materialise(IReadOnlyList<string> names)
    {
        // Made for this user alone.
        string folder = Directory.CreateTempSubdirectory("serving-model-").FullName;
        var lease = new ModelFolderLease(folder, isPrivate: true);
        try
        {
            foreach (string name in names.Where(_files.ContainsKey))
            {
                string path = Path.Combine(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, _files[name]);
            }

            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }
}
