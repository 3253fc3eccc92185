using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// Writes a snapshot when one is due, and drops what it makes needless. A failure costs nothing: the older snapshot and
/// the log stay, and the next try is at the next interval. One owner at a time but for the status.
/// </summary>
internal sealed class StateSnapshots : IDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly LoggedBlobs _blobs;
    private readonly EmbeddedOptions _options;
    private readonly BackgroundLoop _loop;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _writing = new();
    private long _lastTime;
    private long _lastBytes;
    private ulong _lastSequence;

    public StateSnapshots(string folder, LoggedBlobs blobs, EmbeddedOptions options)
    {
        _folder = folder;
        _blobs = blobs;
        _options = options;
        _lastTime = options.Time.GetTimestamp();
        _lastSequence = Log.DataSequence;
        _loop = new BackgroundLoop("state-snapshot", Step);
        _loop.Start();
    }

    /// <summary>When the last snapshot was finished; null before the first.</summary>
    public DateTimeOffset? Last { get; private set; }

    /// <summary>Why the last one failed; null where it did not.</summary>
    public string? Error { get; private set; }

    private StateLog Log => _blobs.Log!;

    /// <summary>Writes a snapshot now and drops the older ones and the segments that it holds.</summary>
    /// <exception cref="IOException">It could not be written; nothing was dropped.</exception>
    public void Write(CancellationToken cancellation)
    {
        lock (_writing)
        {
            (ulong sequence, ulong data) = (Log.Sequence, Log.DataSequence);
            using (SnapshotFile file = new(_folder, sequence, _options.Time.GetUtcNow()))
            {
                SnapshotWriter writer = new(_blobs.Blobs);
                writer.WriteTo(file, cancellation);
                file.Finish(writer.GreatestStamp);

                // Recovery goes on counting where the log ends, so no blob may be ahead of what the log has for good.
                if (!Log.WhenSyncedAsync(writer.GreatestStamp).WaitAsync(cancellation).GetAwaiter().GetResult())
                {
                    throw new IOException("the log could not be written beside the snapshot");
                }

                file.Publish(_folder);
            }

            DropOlder(sequence);
            StateLog.DropSegments(_folder, sequence, all: false);
            Last = _options.Time.GetUtcNow();
            (_lastSequence, _lastBytes) = (data, Log.Bytes);
        }
    }

    /// <summary>
    /// Writes the last snapshot, behind the log's end, and the mark of a clean stop; where the disk fails the folder is
    /// left as a kill would leave it.
    /// </summary>
    public void WriteLast()
    {
        try
        {
            ulong sequence = Log.Sequence;
            if (!File.Exists(FolderFiles.SnapshotPath(_folder, sequence)))
            {
                using SnapshotFile file = new(_folder, sequence, _options.Time.GetUtcNow());
                SnapshotWriter writer = new(_blobs.Blobs);
                writer.WriteTo(file, CancellationToken.None);
                file.Finish(writer.GreatestStamp);
                file.Publish(_folder);
            }

            StopMark.Leave(_folder, sequence, _options.Time.GetUtcNow());
            DropOlder(sequence);
            StateLog.DropSegments(_folder, sequence, all: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Error = error.Message;
        }
    }

    /// <summary>Ends the thread; a snapshot that is being written is given up.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _loop.Dispose();
        _stop.Dispose();
    }

    private TimeSpan Step()
    {
        bool isDue = _options.Time.GetElapsedTime(_lastTime) >= _options.SnapshotInterval
            || Log.Bytes - _lastBytes >= _options.SnapshotLogBytes;
        if (!isDue || Log.IsFailing || Log.DataSequence == _lastSequence)
        {
            return s_wait;
        }

        _lastTime = _options.Time.GetTimestamp();
        try
        {
            Write(_stop.Token);
            Error = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next try comes an interval later, or so many bytes of log: a full disk is not hammered.
            Error = error.Message;
            _lastBytes = Log.Bytes;
        }
        catch (OperationCanceledException)
        {
            // The stop writes a snapshot of its own.
        }

        return s_wait;
    }

    private void DropOlder(ulong sequence)
    {
        foreach ((ulong older, string path) in FolderFiles.Snapshots(_folder))
        {
            if (older < sequence)
            {
                File.Delete(path);
            }
        }

        DurableFolder.Sync(_folder);
    }
}
