using System.Buffers.Binary;
using System.Numerics;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// Reads a tail of usual records in one pass, for logs of one number that is never missing and of which only counts,
/// sums and extremes are asked: decoded, judged and added without being stored between. Whatever is not usual (an order
/// of known times, an id that was there, a long record) ends the pass, and the general reader begins anew.
/// </summary>
internal sealed class PlainPass(LogCodec codec)
{
    private readonly bool _hasNumber = codec.Layout.Columns.Length == 1;
    private readonly long _usualDelay = codec.Layout.UsualDelay;

    /// <summary>Whether the logs of a codec can be read so.</summary>
    public static bool Fits(LogCodec codec, ReadingPlan plan) =>
        plan.Decays.IsEmpty && plan.Kept.IsEmpty && !codec.Layout.HoldsText && codec.Layout.BitBytes == 0
        && codec.Measures.All(measure => measure.IsPlain)
        && codec.Layout.Columns.Length <= 1
        && codec.Layout.Columns.All(column => column.Form == ColumnForm.Number);

    /// <summary>
    /// Adds the records between two places to the board; false where one of them is not usual, and then the board and
    /// the ids are to be thrown away. REQUIRES: <see cref="ShortRecord.Window"/> bytes behind the end.
    /// </summary>
    [HotPath]
    public bool TryAdd(
        ReadOnlySpan<byte> bytes, int at, long requestTime, IdTable ids, WindowEdges edges, TallyBoard board)
    {
        int end = bytes.Length - ShortRecord.Window;
        Tally run = default;
        Int128 sum = Int128.Zero;
        long count = 0;
        long least = long.MaxValue;
        long greatest = long.MinValue;
        long before = long.MinValue;
        long lower = 0;
        long upper = 0;
        int interval = 0;
        while (at < end)
        {
            ReadOnlySpan<byte> window = bytes.Slice(at, ShortRecord.Window);
            if (!ShortRecord.TryRead(window, end - at, out ShortRecord record))
            {
                return false;
            }

            long known = record.Time + record.Distance + _usualDelay;
            if (known < before || known > requestTime || !TryNumber(window, record.Length, out long value)
                || !ids.TryAddNew(record.Id, known))
            {
                return false;
            }

            if (record.Time < lower || record.Time >= upper)
            {
                run = new Tally { Count = count, Sum = sum, Least = least, Greatest = greatest };
                board.AddToAll(interval, run);
                interval = edges.IntervalOf(record.Time, interval);
                edges.GetLimits(interval, out lower, out upper);
                (count, sum, least, greatest) = (0, Int128.Zero, long.MaxValue, long.MinValue);
            }

            count++;
            sum += value;
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
            before = known;
            at += ShortRecord.HeadBytes + record.Length;
        }

        run = new Tally { Count = count, Sum = sum, Least = least, Greatest = greatest };
        board.AddToAll(interval, run);
        return true;
    }

    // The number fills what the length leaves.
    private bool TryNumber(ReadOnlySpan<byte> window, int length, out long value)
    {
        value = 0;
        int bytes = length - ShortRecord.FixedBytes;
        if (!_hasNumber)
        {
            return bytes == 0;
        }

        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(
            window[(ShortRecord.HeadBytes + ShortRecord.FixedBytes)..]);
        if (bytes > 8 || bytes != BitOperations.TrailingZeroCount(~word) + 1)
        {
            return false;
        }

        value = PrefixVarint.UnZigZag((word << (64 - (8 * bytes))) >> (64 - (7 * bytes)));
        return true;
    }
}
