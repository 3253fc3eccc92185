using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;

namespace Serving.State.Embedded;

/// <summary>
/// Reads a folder without holding it, also beside a server that writes it: for <c>state verify</c> and <c>dump</c>.
/// Safe for use by several threads.
/// </summary>
public static class EmbeddedFolder
{
    /// <summary>
    /// Checks every checksum of every file. A torn tail is a problem too, unless a living process holds the folder: its
    /// writes are read as far as they have come.
    /// </summary>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    public static Task<StateVerification> VerifyAsync(
        string folder, IProgress<double>? progress, CancellationToken cancellation) =>
        VerifyAsync(folder, HolderOf(folder) != 0, progress, cancellation);

    /// <summary>A copy of a key's blob as the files have it; empty where the key is absent.</summary>
    /// <exception cref="InputException">The folder is damaged; each place is named.</exception>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    public static byte[] Read(string folder, in StateKey key, CancellationToken cancellation)
    {
        using ShardedBlobs blobs = new(shards: 1, seed: 0);
        using FolderImage image = FolderImage.Open(folder);
        FolderDamage damage = new();
        _ = FolderRecovery.Read(
            folder, image, new RecoveredBlobs(blobs, key), damage, Environment.ProcessorCount, cancellation);
        damage.MustBeNone();
        return blobs.Shards[0].Table.Read(key).ToArray();
    }

    /// <summary>
    /// Whether a folder that nobody holds was closed properly, or is new: else a start may lose what was not on the
    /// disk yet. To be asked before the folder is opened, which takes the mark away.
    /// </summary>
    public static bool IsClean(string folder) =>
        File.Exists(Path.Combine(folder, FolderFiles.Stop))
        || !Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*.bin").Any();

    /// <summary>Number of the living process that holds a folder; 0 where none does.</summary>
    public static int HolderOf(string folder)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(folder, FolderFiles.Holder));
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int holder))
            {
                return 0;
            }

            using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(holder);
            return holder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Without the file, or without the process that it names, nobody holds the folder.
            return 0;
        }
    }

    internal static Task<StateVerification> VerifyAsync(
        string folder, bool isLive, IProgress<double>? progress, CancellationToken cancellation) =>
        Task.Run(() => Verify(folder, isLive, progress, cancellation), cancellation);

    private static StateVerification Verify(
        string folder, bool isLive, IProgress<double>? progress, CancellationToken cancellation)
    {
        using FolderImage image = FolderImage.Open(folder);
        FolderDamage damage = new();
        RecoveredBlobs nowhere = new(blobs: null);
        RecoveredFolder read = FolderRecovery.Read(
            folder, image, nowhere, damage, Environment.ProcessorCount, cancellation);
        progress?.Report(0.9);
        VerifyLeftOver(image, nowhere, damage, cancellation);
        _ = HistoryFile.Read(folder, damage);
        if (read.CutBytes > 0 && !isLive)
        {
            damage.Add(read.CutPath, read.CutOffset, $"a torn tail of {read.CutBytes} bytes", "whole entries");
        }

        progress?.Report(1);
        ImmutableArray<string> problems = [.. damage.Problems.Select(problem => problem.ToString())];
        ulong floor = image.Snapshots.Count == 0 ? 0 : image.Snapshots[^1].Sequence;
        return new StateVerification(read.SnapshotBlobs, image.Bytes, problems)
        {
            Changes = read.Sequence > floor ? (long)(read.Sequence - floor) : 0,
        };
    }

    // Files that no start would read any more, since a newer snapshot holds what they hold.
    private static void VerifyLeftOver(
        FolderImage image, RecoveredBlobs nowhere, FolderDamage damage, CancellationToken cancellation)
    {
        ulong floor = image.Snapshots.Count == 0 ? 0 : image.Snapshots[^1].Sequence;
        foreach (FolderPart snapshot in image.Snapshots.SkipLast(1))
        {
            _ = FolderRecovery.ReadSnapshot(snapshot, nowhere, damage, Environment.ProcessorCount, cancellation);
        }

        SegmentReader log = new(nowhere, damage) { Floor = floor };
        for (int i = 0; i + 1 < image.Logs.Count && image.Logs[i + 1].Sequence <= floor + 1; i++)
        {
            log.Read(image.Logs[i], image.Logs[i + 1].Sequence);
        }
    }
}
