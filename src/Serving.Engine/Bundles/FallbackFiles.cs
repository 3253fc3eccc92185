using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Serving.Engine.Bundles;

/// <summary>
/// The bundle inside a bundle: its fallback's files stand under a folder of their own, its manifest too.
/// </summary>
internal static class FallbackFiles
{
    /// <summary>Where they stand.</summary>
    public const string Folder = "fallback/";

    /// <summary>The fallback's manifest in the outer bundle.</summary>
    public const string Manifest = Folder + BundleManifest.FileName;

    /// <summary>The files as the outer bundle holds them.</summary>
    public static IEnumerable<KeyValuePair<string, byte[]>> Nest(BundleContent fallback) => fallback.Files
        .Select(file => KeyValuePair.Create(Folder + file.Key, file.Value))
        .Append(KeyValuePair.Create(Manifest, ManifestWriter.Write(fallback.Manifest)));

    /// <summary>Builds the fallback of a bundle; null after noting every problem.</summary>
    public static Bundle? Load(BundleContent outer, IBundleModelReader models, BundleProblems problems)
    {
        var found = new BundleProblems();
        BundleManifest? manifest = ManifestReader.Read(outer.Files[outer.Manifest.Fallback!], found);
        BundleContent? content = manifest is null ? null : Cut(outer, manifest, found);
        Bundle? bundle = content is null ? null : BundleLoader.Load(content, models, found);
        problems.AddBelow(Folder, found);
        return bundle;
    }

    // The outer manifest's hashes were checked; the inner one's are another's word for the same bytes.
    private static BundleContent? Cut(BundleContent outer, BundleManifest manifest, BundleProblems problems)
    {
        var files = ImmutableDictionary.CreateBuilder<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, BundleFile file) in manifest.Files)
        {
            if (!outer.Files.TryGetValue(Folder + name, out byte[]? bytes))
            {
                problems.Add($"'{name}'", "no such file", $"{file.Size} bytes");
            }
            else if (bytes.Length != file.Size || Convert.ToHexStringLower(SHA256.HashData(bytes)) != file.Sha256)
            {
                problems.Add($"'{name}'", "other bytes", "those that its manifest names");
            }
            else
            {
                files[name] = bytes;
            }
        }

        return problems.Count > 0 ? null : new BundleContent(manifest, files.ToImmutable());
    }
}
