using System.Buffers;
using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Rebuilds the bytes of a blob's life from what was appended where: epochs ascending, each from the compaction of the
/// one before. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// A compaction is a pure function of the bytes that its server saw, which end at some record of the epoch before: its
/// line tells where. Where the line is gone the right end is the one whose result has the length that records tell.
/// </remarks>
internal sealed class LifeBuilder
{
    // Records that came while a compaction was computed; more are not tried.
    private const int CutsTriedMax = 2000;

    private readonly ReplayKey _key;
    private readonly List<KeyAppend> _unplaced;

    // A kill may have taken the line of a compaction and that of the append before it: what was folded then is not told
    // by lengths alone.
    private readonly bool _hasCrashed;

    /// <summary>Makes the builder of a key.</summary>
    /// <param name="key">The key and its log.</param>
    /// <param name="unplaced">Appends that waited for the store: they stand somewhere behind.</param>
    public LifeBuilder(ReplayKey key, IEnumerable<KeyAppend> unplaced)
    {
        _key = key;
        _hasCrashed = key.Accesses.Any(access => access.Line.Session > 0);
        _unplaced = [.. unplaced];
    }

    /// <summary>Rebuilds all epochs of a life.</summary>
    public void Build(BlobLife life)
    {
        EpochBytes? before = null;
        uint last = 0;
        foreach (uint epoch in life.Epochs)
        {
            EpochBytes bytes = before is null ? Begin(life, epoch) : Follow(life, last, epoch, before);
            AddPieces(life, epoch, bytes);
            life.SetBytes(epoch, bytes);
            before = bytes;
            last = epoch;
        }
    }

    private EpochBytes Begin(BlobLife life, uint epoch)
    {
        int least = life.LeastRead(epoch) ?? 0;
        var bytes = new EpochBytes([]);
        if (least > 0)
        {
            (byte[] Blob, IReadOnlyList<KeyAppend> Appends)? history = _key.HistoryOf(epoch, least);
            bytes = new EpochBytes(history?.Blob ?? []);
            bytes.Started.UnionWith(history?.Appends ?? []);
            if (history is null)
            {
                bytes.Lose(least);
            }
        }

        return bytes;
    }

    private EpochBytes Follow(BlobLife life, uint from, uint to, EpochBytes before)
    {
        EpochBytes bytes = before;
        for (uint epoch = from + 1; epoch <= to; epoch++)
        {
            bytes = Compacted(bytes, epoch, life.Compactions.GetValueOrDefault(epoch), life.LeastRead(epoch));
        }

        bytes.Started.UnionWith(before.Started);
        bytes.Started.UnionWith(life.PiecesInOrder(from).Select(piece => piece.Append));
        return bytes;
    }

    private EpochBytes Compacted(EpochBytes before, uint epoch, RecordLine? folded, int? least)
    {
        bool isTold = folded is not null || !_hasCrashed;
        int told = folded?.FoldedLength ?? -1;
        int[] cuts = [.. before.Ends.Where(end => before.IsKnown(end) && (told < 0 || end == told)).Reverse()
            .Take(CutsTriedMax)];
        foreach (int cut in isTold && before.IsKnown(before.Length) ? cuts : [])
        {
            var replacement = new ArrayBufferWriter<byte>();
            int count = _key.Compactor.Compact(before.Prefix(cut), replacement);
            bool isIt = count > 0 && (folded is null || count == folded.FoldedCount)
                && BlobHeader.EpochOf(replacement.WrittenSpan) == epoch;
            int length = replacement.WrittenCount + before.Length - cut;
            bool isPlace = told >= 0 || least is null || length == least
                || Waiting(least.Value - length, int.MaxValue) is not null;
            if (isIt && isPlace)
            {
                return Joined(before, cut, replacement.WrittenSpan);
            }
        }

        // A backfill puts history in front and leaves no line.
        if (epoch > 0 && folded is null && before.IsKnown(before.Length) && before.Length >= BlobHeader.Size
            && _key.Backfilled(before, epoch, least) is { } backfilled)
        {
            var joined = new EpochBytes(backfilled.Blob);
            joined.Started.UnionWith(backfilled.Appends);
            return joined;
        }

        // What was there before the first known place of this epoch cannot be told any more.
        EpochBytes lost = new([]);
        lost.Lose(least ?? 0);
        return lost;
    }

    private static EpochBytes Joined(EpochBytes before, int cut, ReadOnlySpan<byte> head)
    {
        var joined = new EpochBytes(head.ToArray());
        if (before.GuessedFrom < int.MaxValue)
        {
            joined.Guess(before.GuessedFrom < cut ? 0 : before.GuessedFrom - cut + head.Length);
        }

        int from = cut;
        foreach (int end in before.Ends.Where(end => end > cut))
        {
            joined.Add(before.Prefix(end)[from..]);
            from = end;
        }

        return joined;
    }

    private void AddPieces(BlobLife life, uint epoch, EpochBytes bytes)
    {
        IReadOnlyList<KeyAccess> readOnly = life.ReadOnly(epoch);
        int next = 0;
        foreach (BlobPiece piece in life.PiecesInOrder(epoch))
        {
            next = BridgeReads(bytes, readOnly, next, piece.Start);
            Bridge(bytes, piece.Start, piece.Append.Line!.Order);
            int header = piece.Start == 0 ? BlobHeader.Size : 0;
            if (piece.Start < bytes.Length || piece.End - piece.Start != header + piece.Append.Record.Length)
            {
                // The line does not fit the script that is there now, or another line.
                bytes.Lose(Math.Max(piece.End, bytes.Length));
                continue;
            }

            byte[] added = header == 0 ? piece.Append.Record : [.. _key.NewHeader(), .. piece.Append.Record];
            bytes.Add(added);
        }

        BridgeReads(bytes, readOnly, next, int.MaxValue);
    }

    // What stands before a length that was only read. Returns the place of the first access that read more.
    private int BridgeReads(EpochBytes bytes, IReadOnlyList<KeyAccess> readOnly, int next, int until)
    {
        for (; next < readOnly.Count && readOnly[next].Entry.Read <= until; next++)
        {
            if (bytes.IsKnown(bytes.Length))
            {
                TryBridge(bytes, readOnly[next].Entry.Read, readOnly[next].Line.Order);
            }
        }

        return next;
    }

    private void Bridge(EpochBytes bytes, int until, int order)
    {
        if (!TryBridge(bytes, until, order))
        {
            bytes.Lose(until);
        }
    }

    // Appends that waited come when the store answers again, nobody is told where.
    private bool TryBridge(EpochBytes bytes, int until, int order)
    {
        int gap = until - bytes.Length;
        if (gap <= 0)
        {
            return true;
        }

        int header = bytes.Length == 0 ? BlobHeader.Size : 0;
        if (Waiting(gap - header, order) is not { } run)
        {
            return false;
        }

        // Others may have the same lengths, and one whose answer was lost may stand there twice.
        bytes.Guess(bytes.Length);
        foreach (KeyAppend append in run)
        {
            bytes.Add(bytes.Length == 0 ? [.. _key.NewHeader(), .. append.Record] : append.Record);
            bytes.Started.Add(append);
            _unplaced.Remove(append);
        }

        return true;
    }

    // A queue is emptied in its order before the next append: the records that waited last before a line come first.
    private List<KeyAppend>? Waiting(int length, int order)
    {
        for (int last = _unplaced.Count - 1; last >= 0 && length > 0; last--)
        {
            int sum = 0;
            for (int first = last; first >= 0 && sum < length && _unplaced[last].Line!.Order < order; first--)
            {
                sum += _unplaced[first].Record.Length;
                if (sum == length)
                {
                    return _unplaced.GetRange(first, last - first + 1);
                }
            }
        }

        return null;
    }
}
