using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// What a log needs beside writing, on a thread that yields to all others: sealed segments are compressed, old ones
/// dropped, the reserve is made again once the disk has room.
/// </summary>
internal sealed class LogCare : IDisposable
{
    private readonly string _folder;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly LogWriter _writer;
    private readonly LogReserve _reserve;
    private readonly BackgroundLoop _loop;
    private bool _isLow;

    /// <summary>Makes the care of a folder.</summary>
    public LogCare(string folder, LogOptions options, TimeProvider time, LogWriter writer, LogReserve reserve)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _writer = writer;
        _reserve = reserve;
        _loop = new BackgroundLoop("log-care", Step);
    }

    /// <summary>Bytes of all segments.</summary>
    public long FolderBytes { get; private set; }

    /// <summary>Segments.</summary>
    public int Segments { get; private set; }

    /// <summary>Segments that were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>Whether the oldest segments go soon.</summary>
    public bool IsNearRetention { get; private set; }

    /// <summary>Lets the thread run.</summary>
    public void Start() => _loop.Start();

    /// <inheritdoc/>
    public void Dispose() => _loop.Dispose();

    private TimeSpan Step()
    {
        _isLow = _isLow || ThreadNiceness.LowerCurrentThread();
        _reserve.Ensure();
        try
        {
            LookAfterSegments();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A disk that fails is the writer's to tell; the next step tries again.
        }

        return _options.CareInterval;
    }

    private void LookAfterSegments()
    {
        ulong? active = _writer.ActiveFirst;
        List<LogFile> files = LogFiles.List(_folder);
        for (int index = 0; index < files.Count && !_loop.IsStopping; index++)
        {
            bool isSealed = active is { } first && files[index].First < first && index + 1 < files.Count;
            if (_options.Compresses && !files[index].IsPacked && isSealed && !_reserve.IsFreed)
            {
                SegmentPacking.Pack(_folder, files[index], files[index + 1]);
            }
        }

        Retain(active);
    }

    private void Retain(ulong? active)
    {
        List<LogFile> files = LogFiles.List(_folder);
        long[] sizes = [.. files.Select(file => new FileInfo(file.Path)).Select(info => info.Exists ? info.Length : 0)];
        long total = sizes.Sum();
        DateTime oldest = _time.GetUtcNow().UtcDateTime - _options.RetainAge;
        int dropped = 0;
        while (dropped < files.Count - 1 && active is { } first && files[dropped].First < first
            && (total > _options.RetainBytes || File.GetLastWriteTimeUtc(files[dropped].Path) < oldest))
        {
            total -= sizes[dropped++];
        }

        if (dropped > 0)
        {
            LogFloor.Write(_folder, files[dropped].First);
            foreach (LogFile file in files.Take(dropped))
            {
                File.Delete(file.Path);
            }

            DurableFolder.Sync(_folder);
            Dropped += dropped;
        }

        FolderBytes = total;
        Segments = files.Count - dropped;
        IsNearRetention = total > _options.RetainBytes / 10 * 9;
    }
}
