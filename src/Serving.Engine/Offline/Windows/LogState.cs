using System.Buffers;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>The keys of one log whose digest falls to one part. One thread at a time.</summary>
internal sealed class LogState : IDisposable
{
    /// <summary>
    /// Blobs up to this length are only trimmed of what no window can reach any more: reading some 200 raw records
    /// takes less than decoding the tiles of as many steps, and most keys never have more.
    /// </summary>
    private const int RawBytesMax = 6 << 10;

    private readonly LogPlan _log;
    private readonly int _partition;
    private readonly int _partitions;
    private readonly int _feed;
    private readonly BlobTable _table = new(0);
    private readonly WindowReader _reader;
    private readonly LogCompactor _folder;
    private readonly LogCompactor? _trimmer;
    private readonly ArrayBufferWriter<byte> _folded = new(1 << 14);
    private readonly int _placeInFeed;

    // Texts of the values read in this step; null where the log has no reading with one.
    private readonly TextCopies? _texts;

    /// <summary>Makes empty state.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="log">The log.</param>
    /// <param name="partition">Which part of its keys.</param>
    /// <param name="partitions">How many parts there are.</param>
    /// <param name="feed">The feed of events that appends to it; -1: the requests themselves.</param>
    public LogState(WindowRunPlan plan, LogPlan log, int partition, int partitions, int feed)
    {
        _log = log;
        _partition = partition;
        _partitions = partitions;
        _feed = feed;
        _placeInFeed = feed < 0 ? -1 : plan.Events[feed].Logs.IndexOf(log);
        _folder = new LogCompactor(log.Codec, isOrdered: true);
        _trimmer = log.Log.HorizonMs < 0
            ? null
            : new LogCompactor(
                log.Codec, Math.Max(log.Log.HorizonMs, LogCompactor.UsualMarginMs), isOrdered: true);
        _reader = new WindowReader(log.Codec, plan.Script.CreateConditions(log.Log));
        _texts = TextCopies.Of(log.Log, plan.Windows);
    }

    /// <summary>Sums and floats that did not fit and were cut, so far.</summary>
    public long SaturationCount => _reader.SaturatedSums + _reader.ClampedFloats;

    /// <summary>Carries out a step for the keys of this part.</summary>
    public void Run(
        FeedBatch requests,
        int from,
        int to,
        ImmutableArray<EventCursor> cursors,
        WindowValues values,
        RowFilter? filter)
    {
        LogRows reads = requests.Logs[_log.Number];
        EventCursor? cursor = _feed < 0 ? null : cursors[_feed];
        FeedBatch? events = cursor?.Batch;
        LogRows? appends = events?.Logs[_placeInFeed];
        int next = cursor?.From ?? 0;
        int end = events is null ? 0 : cursor!.To;
        ReadOnlySpan<long> known = events is null ? default : events.Keys;
        ReadOnlySpan<long> times = requests.Keys;
        for (int row = from; row < to; row++)
        {
            for (; next < end && known[next] <= times[row]; next++)
            {
                Append(appends!, next);
            }

            if (!IsMine(reads, row))
            {
                continue;
            }

            ref readonly StateKey key = ref reads.KeyOf(row);
            int entry = _table.Find(key);
            if (filter is null || filter.Keeps(times[row]))
            {
                Read(requests.Rows, row, times[row], entry, values);
            }

            if (_feed < 0)
            {
                Append(key, entry, reads.RecordOf(row));
            }
        }

        for (; next < end; next++)
        {
            Append(appends!, next);
        }
    }

    /// <summary>Puts the texts that the step read into the values.</summary>
    public void CopyTexts(WindowValues values) => _texts?.CopyTo(values.Rows);

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    private bool IsMine(LogRows rows, int row) =>
        rows.HasKey(row) && (uint)(rows.KeyOf(row).Digest >> 32) % (uint)_partitions == (uint)_partition;

    private void Append(LogRows rows, int row)
    {
        if (IsMine(rows, row))
        {
            ref readonly StateKey key = ref rows.KeyOf(row);
            Append(key, _table.Find(key), rows.RecordOf(row));
        }
    }

    private void Append(in StateKey key, int entry, ReadOnlySpan<byte> record)
    {
        if (entry < 0)
        {
            _table.Create(key, _log.Codec.Schema, record);
            return;
        }

        _table.AppendAt(entry, record);
        ReadOnlySpan<byte> blob = _table.BlobAt(entry);
        if (!_folder.IsDue(blob.Length, _table.AppendedAt(entry)))
        {
            return;
        }

        _folded.ResetWrittenCount();
        LogCompactor compactor = _trimmer is not null && blob.Length <= RawBytesMax ? _trimmer : _folder;
        if (compactor.Compact(blob, _folded) == 0)
        {
            // Nothing is old enough: as if it had been folded, so that the next try comes when the blob has grown.
            _folded.Write(blob);
        }

        _table.Replace(key, _folded.WrittenSpan, _folded.WrittenCount);
    }

    private void Read(RowBatch requests, int row, long time, int entry, WindowValues values)
    {
        ReadOnlySpan<byte> blob = entry < 0 ? default : _table.BlobAt(entry);
        if (_texts is null)
        {
            Check(_reader.Read(blob, requests, row, time, values.Rows, row));
            return;
        }

        RowBatch own = _texts.Begin(row);
        Check(_reader.Read(blob, requests, row, time, own, _texts.Last));
    }

    // The blobs are of this run, and events came in the order of known: every blob can be read.
    private static void Check(ReadStatus status)
    {
        if (status != ReadStatus.Ok)
        {
            throw new InvalidOperationException($"state of an offline run that cannot be read: {status}");
        }
    }
}
