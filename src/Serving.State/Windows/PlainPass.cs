using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Reads a tail of usual records in one pass, for logs of one number that is never missing and of which only counts,
/// sums and extremes are asked: decoded, judged and added without being stored between. Whatever is not usual (an order
/// of known times, an id that was there, a long record) ends the pass, and the general reader begins anew.
/// </summary>
internal sealed class PlainPass(LogCodec codec)
{
    // Below every known time of a usual record by more than any reach.
    private const long Never = -(1L << 61);

    private readonly bool _hasNumber = codec.Layout.Columns.Length == 1;
    private readonly long _usualDelay = codec.Layout.UsualDelay;

    /// <summary>Whether the logs of a codec can be read so.</summary>
    public static bool Fits(LogCodec codec) =>
        codec.Log.Readings.All(reading => reading.Keep == 0
            && reading.Function is not (WindowFunction.DecaySum or WindowFunction.DecayCount))
        && !codec.Layout.HoldsText && codec.Layout.BitBytes == 0
        && !codec.Measures.IsEmpty && codec.Measures.All(measure => measure.IsPlain)
        && codec.Layout.Columns.Length <= 1
        && codec.Layout.Columns.All(column => column.Form == ColumnForm.Number);

    /// <summary>
    /// Adds the records between two places to the board; false where one of them is not usual, and then the board and
    /// the ids are to be thrown away. No id in the table may be known after <paramref name="newest"/>. REQUIRES:
    /// <see cref="ShortRecord.Window"/> bytes behind the end.
    /// </summary>
    [HotPath]
    public bool TryAdd(
        ReadOnlySpan<byte> bytes, int at, long requestTime, long newest, IdTable ids, WindowEdges edges,
        Span<Tally> board)
    {
        // Most records are further apart than a repetition can be: their ids are noted only when the next one is near.
        long reach = ids.ReachMs;
        long last = Math.Max(newest, Never);
        bool isNoted = true;
        ulong lastId = 0;
        int end = bytes.Length - ShortRecord.Window;
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
            if (known < before || known > requestTime || !TryNumber(window, record.Length, _hasNumber, out long value))
            {
                return false;
            }

            if (known - last > reach)
            {
                ids.AcceptFar();
                isNoted = false;
                lastId = record.Id;
                last = known;
            }
            else if (!AcceptNear(ids, record.Id, known, lastId, ref last, ref isNoted))
            {
                return false;
            }

            if (record.Time < lower || record.Time >= upper)
            {
                Flush(board, interval, count, sum, least, greatest);
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

        Flush(board, interval, count, sum, least, greatest);
        return true;
    }

    /// <summary>Adds records that are decoded: their times, and their numbers where they have some.</summary>
    [HotPath]
    public static void AddDecoded(
        ReadOnlySpan<long> times, ReadOnlySpan<long> numbers, WindowEdges edges, Span<Tally> board)
    {
        int interval = 0;
        for (int start = 0; start < times.Length;)
        {
            interval = edges.IntervalOf(times[start], interval);
            int run = edges.RunOf(times[start..], interval);
            Tally tally = numbers.IsEmpty ? new Tally { Count = run } : NumberRun.TallyOf(numbers.Slice(start, run));
            board[interval].Add(tally);
            start += run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AcceptNear(
        IdTable ids, ulong id, long known, ulong lastId, ref long last, ref bool isNoted)
    {
        if (!isNoted)
        {
            ids.NoteLast(lastId, last);
            isNoted = true;
        }

        last = Math.Max(last, known);
        return ids.TryAddNew(id, known);
    }

    private static void Flush(Span<Tally> board, int interval, long count, Int128 sum, long least, long greatest)
    {
        Tally run = new() { Count = count, Sum = sum, Least = least, Greatest = greatest };
        board[interval].Add(run);
    }

    /// <summary>The number of a usual record: it fills what the length leaves. False where it does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryNumber(ReadOnlySpan<byte> window, int length, bool hasNumber, out long value)
    {
        value = 0;
        int bytes = length - ShortRecord.FixedBytes;
        if (!hasNumber)
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
