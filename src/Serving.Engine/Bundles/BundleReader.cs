using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Serving.Engine.Bundles;

/// <summary>
/// Reads a bundle's bytes and compares them with its manifest: names, sizes, hashes, nothing missing, nothing more.
/// Nothing but the manifest is parsed here, and nothing at all of a bundle whose bytes are not those that were packed.
/// </summary>
internal static class BundleReader
{
    /// <summary>The content, or null after noting every problem. Total on hostile folders and archives.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="bounds">What the load may take; null for no bounds.</param>
    public static BundleContent? Read(string path, BundleProblems problems, LoadBounds? bounds = null)
    {
        long before = problems.Count;
        using BundleStorage? storage = BundleStorage.Open(path, problems);
        if (storage is null)
        {
            return null;
        }

        if (!storage.Sizes.ContainsKey(BundleManifest.FileName))
        {
            problems.Add(BundleManifest.FileName, "no such file", "the manifest, which is written last",
                "the bundle is not complete; pack or copy it again");
            return null;
        }

        if (bounds?.Admits(storage.Sizes.Values.Sum(), problems) == false)
        {
            return null;
        }

        storage.Pace = bounds?.Pace;
        byte[]? head = storage.Read(BundleManifest.FileName, BundleLimits.ManifestBytesMax, problems);
        BundleManifest? manifest = head is null ? null : ManifestReader.Read(head, problems);
        if (manifest is null)
        {
            return null;
        }

        ImmutableDictionary<string, byte[]> files = ReadFiles(storage, manifest, problems);
        return problems.Count == before ? new BundleContent(manifest, files) : null;
    }

    private static ImmutableDictionary<string, byte[]> ReadFiles(
        BundleStorage storage, BundleManifest manifest, BundleProblems problems)
    {
        foreach (string name in storage.Sizes.Keys)
        {
            if (name != BundleManifest.FileName && !manifest.Files.ContainsKey(name))
            {
                problems.Add($"'{name}'", "a file that the manifest does not list", "no others");
            }
        }

        var files = ImmutableDictionary.CreateBuilder<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, BundleFile file) in manifest.Files)
        {
            if (ReadFile(storage, name, file, problems) is { } bytes)
            {
                files[name] = bytes;
            }
        }

        return files.ToImmutable();
    }

    private static byte[]? ReadFile(BundleStorage storage, string name, BundleFile file, BundleProblems problems)
    {
        if (!storage.Sizes.TryGetValue(name, out long size))
        {
            problems.Add($"'{name}'", "no such file", $"{file.Size} bytes");
            return null;
        }

        if (size != file.Size)
        {
            problems.Add($"'{name}'", $"{size} bytes", $"{file.Size}, as the manifest says");
            return null;
        }

        byte[]? bytes = storage.Read(name, file.Size, problems);
        if (bytes is null)
        {
            return null;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (hash != file.Sha256)
        {
            problems.Add($"'{name}'", $"SHA-256 {hash}", file.Sha256, "the file was changed or damaged after packing");
            return null;
        }

        return bytes;
    }
}
