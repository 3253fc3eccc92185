using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>Reads a folder: the newest snapshot, then the segments behind it.</summary>
internal static class FolderRecovery
{
    /// <summary>Reads all that counts of a folder; damage is noted, and what is whole is used.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="image">Its files.</param>
    /// <param name="into">Takes the blobs.</param>
    /// <param name="damage">Takes the damaged places.</param>
    /// <param name="threads">Threads that load the snapshot.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static RecoveredFolder Read(
        string folder,
        FolderImage image,
        RecoveredBlobs into,
        FolderDamage damage,
        int threads,
        CancellationToken cancellation)
    {
        ulong? stop = StopMark.Read(folder, damage);
        SnapshotReader? snapshot = image.Snapshots.Count == 0
            ? null
            : ReadSnapshot(image.Snapshots[^1], into, damage, threads, cancellation);
        ulong floor = image.Snapshots.Count == 0 ? 0 : image.Snapshots[^1].Sequence;
        SegmentReader log = new(into, damage) { Floor = floor };
        ReadLogs(folder, image.Logs, log, floor, damage, cancellation);
        ulong last = Math.Max(log.Last, floor);
        ulong known = Math.Max(stop ?? 0, snapshot?.GreatestStamp ?? 0);
        if (known > last)
        {
            damage.Add(folder, 0, $"a log that ends with entry {last:x}", $"entries up to {known:x}");
        }
        else if (image.Logs.Count == 0 && image.Snapshots.Count > 0 && stop is null)
        {
            damage.Add(folder, 0, "neither a log nor the mark of a clean stop", "one of them beside a snapshot");
        }

        FolderPart? cut = log.CutBytes > 0 ? image.Logs[^1] : null;
        return new RecoveredFolder(
            Math.Max(last, known), snapshot?.Blobs ?? 0, log.CutBytes, cut is null ? "" : cut.Path, log.CutOffset);
    }

    /// <summary>Checks a snapshot, or loads it.</summary>
    public static SnapshotReader ReadSnapshot(
        FolderPart part, RecoveredBlobs into, FolderDamage damage, int threads, CancellationToken cancellation)
    {
        SnapshotReader reader = new(part.Path, part.Handle, damage);
        reader.ReadHeaders();
        if (reader.Sequence != part.Sequence && damage.Count == 0)
        {
            damage.Add(part.Path, 0, $"a snapshot of {reader.Sequence:x}", $"one of {part.Sequence:x}");
        }

        reader.Load(into, threads, cancellation);
        return reader;
    }

    private static void ReadLogs(
        string folder,
        List<FolderPart> logs,
        SegmentReader reader,
        ulong floor,
        FolderDamage damage,
        CancellationToken cancellation)
    {
        if (logs.Count == 0)
        {
            return;
        }

        // Segments that the snapshot holds wholly were to be deleted.
        ReadOnlySpan<FolderPart> parts = CollectionsMarshal.AsSpan(logs);
        int begin = parts.Length - 1;
        while (begin > 0 && parts[begin].Sequence > floor + 1)
        {
            begin--;
        }

        if (parts[begin].Sequence > floor + 1)
        {
            damage.Add(
                folder, 0, $"a log that begins with entry {parts[begin].Sequence:x}", $"one from {floor + 1:x} on");
        }

        for (int i = begin; i < parts.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            reader.Read(parts[i], i + 1 < parts.Length ? parts[i + 1].Sequence : null);
        }
    }
}
