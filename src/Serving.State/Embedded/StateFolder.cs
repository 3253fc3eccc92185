using Serving.Data;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>A folder that this process holds: lock, log and snapshots. Safe for use by several threads.</summary>
internal sealed class StateFolder
{
    private readonly FolderHold _lock;
    private readonly StateLog _log;
    private readonly long _cutBytes;
    private readonly long _repaired;

    private StateFolder(
        string path,
        FolderHold held,
        LoggedBlobs blobs,
        HistoryNotes history,
        EmbeddedOptions options,
        long cutBytes,
        long repaired)
    {
        Path = path;
        History = history;
        _lock = held;
        _log = blobs.Log!;
        Blobs = blobs;
        Snapshots = new StateSnapshots(path, blobs, options);
        _cutBytes = cutBytes;
        _repaired = repaired;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The blobs, logged to it.</summary>
    public LoggedBlobs Blobs { get; }

    /// <summary>When the history of each log begins.</summary>
    public HistoryNotes History { get; }

    /// <summary>Writes the snapshots.</summary>
    public StateSnapshots Snapshots { get; }

    /// <summary>Takes a folder and reads it into the blobs.</summary>
    public static StateFolder Open(string path, ShardedBlobs blobs, EmbeddedOptions options)
    {
        _ = Directory.CreateDirectory(path);
        FolderHold held = FolderLock.Take(path);
        StateLog? log = null;
        try
        {
            FolderDamage damage = new();
            RecoveredFolder read = Recover(path, blobs, options, damage, out SortedList<ulong, LogHistory> history);
#pragma warning disable CA2000 // The folder ends the log when it is closed.
            log = StateLog.Begin(path, options, read.Sequence);
#pragma warning restore CA2000
            StopMark.Remove(path);
            StateFolder folder = new(
                path,
                held,
                new LoggedBlobs(blobs, log, options.Time),
                new HistoryNotes(path, history, options.Time),
                options,
                read.CutBytes,
                damage.Count);
            if (damage.Count > 0)
            {
                // What was damaged is left behind: from now on this snapshot and the new segment are all that counts.
                folder.Snapshots.Write(CancellationToken.None);
                HistoryFile.Write(path, history, options.Time.GetUtcNow());
            }

            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InputException)
        {
            log?.Dispose();
            blobs.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Ends log and snapshots and gives the folder back.</summary>
    public void Close()
    {
        Snapshots.Dispose();
        _log.Dispose();
        Snapshots.WriteLast();
        _lock.Dispose();
    }

    /// <summary>Adds what is known of the folder.</summary>
    public EmbeddedStatus Describe(EmbeddedStatus status) =>
        _log.Describe(status) with
        {
            LastSnapshot = Snapshots.Last,
            SnapshotError = Snapshots.Error,
            CutBytes = _cutBytes,
            Repaired = _repaired,
        };

    private static RecoveredFolder Recover(
        string path,
        ShardedBlobs blobs,
        EmbeddedOptions options,
        FolderDamage damage,
        out SortedList<ulong, LogHistory> history)
    {
        foreach (string unfinished in FolderFiles.LeftUnfinished(path))
        {
            File.Delete(unfinished);
        }

        int threads = options.LoadThreads > 0 ? options.LoadThreads : Environment.ProcessorCount;
        using FolderImage image = FolderImage.Open(path);
        RecoveredFolder read = FolderRecovery.Read(
            path, image, new RecoveredBlobs(blobs), damage, threads, CancellationToken.None);
        history = HistoryFile.Read(path, damage);
        if (!options.Repair)
        {
            damage.MustBeNone();
        }

        return read;
    }
}
