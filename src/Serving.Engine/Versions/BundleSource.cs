using Serving.Engine.Bundles;

namespace Serving.Engine.Versions;

/// <summary>
/// Looks for bundles: <c>MODELS/&lt;model&gt;/&lt;version&gt;/manifest.json</c> and
/// <c>MODELS/&lt;model&gt;/&lt;version&gt;.bundle</c>. Names that begin with a dot are passed over; a folder without a
/// manifest does not exist. Opens no file.
/// </summary>
internal sealed class BundleSource(string folder)
{
    /// <summary>
    /// What is there now, by model and version; bundles under names that are none go to <paramref name="ignored"/>.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read; what was seen before still holds.</exception>
    public List<BundleLocation> Look(List<VersionStatus> ignored)
    {
        var found = new List<BundleLocation>();
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string model = Path.GetFileName(path);
            if (!model.StartsWith('.'))
            {
                LookAtModel(model, path, found, ignored);
            }
        }

        return found;
    }

    private static void LookAtModel(
        string model, string path, List<BundleLocation> found, List<VersionStatus> ignored)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(entry);
            if (name.StartsWith('.') || MarkerOf(entry) is not { } marker)
            {
                continue;
            }

            long version = BundleNames.VersionOf(
                name.EndsWith(BundleNames.FileSuffix, StringComparison.Ordinal)
                    ? name.AsSpan(0, name.Length - BundleNames.FileSuffix.Length)
                    : name);
            string reason = !BundleNames.IsModelName(model) ? $"ignored: a model's name is {BundleNames.ModelPattern}"
                : version == 0 ? $"ignored: '{name}' is no version; versions are 1, 2, 3 ..."
                : found.Exists(other => other.Model == model && other.Version == version)
                    ? $"ignored: '{name}' stands beside another bundle of that version"
                    : "";
            if (reason.Length > 0)
            {
                ignored.Add(new VersionStatus(model, 0, VersionState.Failed, reason));
            }
            else
            {
                found.Add(new BundleLocation(
                    model, version, entry, (marker.LastWriteTimeUtc.Ticks, marker.Length), TreeOf(entry, marker)));
            }
        }
    }

    // The file that makes a bundle exist, or null.
    private static FileInfo? MarkerOf(string entry)
    {
        var marker = new FileInfo(
            entry.EndsWith(BundleNames.FileSuffix, StringComparison.Ordinal) && File.Exists(entry)
                ? entry
                : Path.Combine(entry, BundleManifest.FileName));
        return marker.Exists ? marker : null;
    }

    private static (long Ticks, long Size, int Count) TreeOf(string entry, FileInfo marker)
    {
        if (!Directory.Exists(entry))
        {
            return (marker.LastWriteTimeUtc.Ticks, marker.Length, 1);
        }

        long ticks = 0;
        long size = 0;
        int count = 0;
        foreach (FileInfo file in new DirectoryInfo(entry).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ticks = Math.Max(ticks, file.LastWriteTimeUtc.Ticks);
            size += file.Length;
            if (++count > BundleLimits.FilesMax)
            {
                break;
            }
        }

        return (ticks, size, count);
    }
}
