using System.Buffers.Binary;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>Bytes of one tile: its start, then for each measure its count and the parts that it needs.</summary>
internal sealed class TileCodec
{
    private const int SumBytesMax = 16;
    private const int SquaresBytesMax = 32;

    private readonly RecordLayout _layout;
    private readonly MeasurePlan[] _plans;
    private readonly ColumnLayout[] _arguments;
    private readonly long _unit;

    public TileCodec(LogCodec codec)
    {
        _layout = codec.Layout;
        _plans = [.. codec.Measures];
        _arguments = [.. codec.Measures.Select(ArgumentOf)];
        _unit = codec.Grid.UnitMs;
        BytesMin = 1 + codec.Measures.Count(plan => plan.Parts != MeasureParts.None);
    }

    /// <summary>Fewest bytes of a tile.</summary>
    public int BytesMin { get; }

    /// <summary>
    /// Writes a tile; <paramref name="before"/> is the start of the one before in units, 0 for the first.
    /// </summary>
    public void Write(RecordBuffer to, RecordSet records, TallyBoard tiles, int tile, long start, ref long before)
    {
        // The tile without a lower end has the number 0; starts of all others are multiples of the unit.
        if (start == long.MinValue)
        {
            to.WriteVarint(0);
        }
        else
        {
            long units = start / _unit;
            to.WriteVarint(unchecked(PrefixVarint.ZigZag(units - before) + 1));
            before = units;
        }

        for (int measure = 0; measure < _plans.Length; measure++)
        {
            WriteMeasure(to, records, tiles, tile, measure, start);
        }
    }

    /// <summary>
    /// Reads a tile into a row; <paramref name="before"/> becomes its start in units. False when it is damaged.
    /// </summary>
    public bool Read(
        RecordSet records, TallyBoard tiles, int row, ref long before, out long start, ref int at, int end)
    {
        ulong number = PrefixVarint.Read(records.Bytes, ref at);
        start = long.MinValue;
        if (number != 0)
        {
            before = unchecked(before + PrefixVarint.UnZigZag(number - 1));
            start = unchecked(before * _unit);
        }

        for (int measure = 0; measure < _plans.Length; measure++)
        {
            if (at > end || !ReadMeasure(records, tiles, row, measure, start, ref at, end))
            {
                return false;
            }
        }

        return at <= end;
    }

    private static long BaseOf(long start) => start == long.MinValue ? 0 : start;

    private static void WriteInteger(RecordBuffer to, Span<byte> bytes)
    {
        // Two's complement without the bytes that only repeat the sign.
        int length = bytes.Length;
        while (length > 0 && bytes[length - 1] == (length > 1 && bytes[length - 2] >= 128 ? 255 : 0))
        {
            length--;
        }

        to.WriteByte((byte)length);
        to.Write(bytes[..length]);
    }

    private void WriteMeasure(RecordBuffer to, RecordSet records, TallyBoard tiles, int tile, int measure, long start)
    {
        ref readonly MeasurePlan plan = ref _plans[measure];
        if (plan.Parts == MeasureParts.None)
        {
            return;
        }

        ref readonly Tally tally = ref tiles.At(tile, measure);
        to.WriteVarint((ulong)tally.Count);
        if (tally.Count == 0)
        {
            return;
        }

        Span<byte> integer = stackalloc byte[SquaresBytesMax];
        if (plan.Has(MeasureParts.Sum | MeasureParts.SumOfSquares))
        {
            BinaryPrimitives.WriteInt128LittleEndian(integer, tally.Sum);
            WriteInteger(to, integer[..SumBytesMax]);
        }

        if (plan.Has(MeasureParts.SumOfSquares))
        {
            Wide squares = tiles.SquaresAt(tile, measure);
            BinaryPrimitives.WriteUInt128LittleEndian(integer, squares.Low);
            BinaryPrimitives.WriteUInt128LittleEndian(integer[16..], squares.High);
            WriteInteger(to, integer);
        }

        if (plan.Has(MeasureParts.Min))
        {
            WriteExtreme(to, plan.Kind, tally.Least);
        }

        if (plan.Has(MeasureParts.Max))
        {
            WriteExtreme(to, plan.Kind, tally.Greatest);
        }

        if (plan.Has(MeasureParts.First))
        {
            WritePick(to, records, measure, tiles.FirstAt(tile, measure), start);
        }

        if (plan.Has(MeasureParts.Last))
        {
            WritePick(to, records, measure, tiles.LastAt(tile, measure), start);
        }
    }

    private static void WriteExtreme(RecordBuffer to, ValueKind kind, long ordered)
    {
        bool isFloat = kind == ValueKind.Float;
        long slot = isFloat ? FloatUnits.Ordered(ordered) : ordered;
        ColumnForm form = isFloat ? ColumnForm.Float : ColumnForm.Number;
        to.Advance(RecordWriter.WriteNumber(to.Room(PrefixVarint.MaxBytes), form, slot));
    }

    private void WritePick(RecordBuffer to, RecordSet records, int measure, in Pick pick, long start)
    {
        to.WriteVarint(PrefixVarint.ZigZag(unchecked(pick.Time - BaseOf(start))));
        if (_layout.HoldsText)
        {
            to.WriteVarint((ulong)TextHandle.Length(pick.IdText));
            to.Write(records.TextOf(pick.IdText));
        }
        else if (_layout.HoldsIds)
        {
            to.WriteVarint(PrefixVarint.ZigZag((long)pick.Id));
        }

        if (_plans[measure].Argument < 0)
        {
            return;
        }

        ColumnForm form = _arguments[measure].Form;
        if (form is ColumnForm.Text or ColumnForm.List)
        {
            if (form == ColumnForm.Text)
            {
                to.WriteVarint((ulong)TextHandle.Length(pick.Slot));
            }

            to.Write(records.TextOf(pick.Slot));
            return;
        }

        to.Advance(RecordWriter.WriteNumber(to.Room(PrefixVarint.MaxBytes), form, pick.Slot));
    }

    private bool ReadMeasure(
        RecordSet records, TallyBoard tiles, int row, int measure, long start, ref int at, int end)
    {
        ReadOnlySpan<byte> bytes = records.Bytes;
        ref readonly MeasurePlan plan = ref _plans[measure];
        ref Tally tally = ref tiles.At(row, measure);
        if (plan.Parts == MeasureParts.None)
        {
            return true;
        }

        tally.Count = (long)(PrefixVarint.Read(bytes, ref at) & long.MaxValue);
        if (tally.Count == 0)
        {
            return true;
        }

        if (plan.Has(MeasureParts.Sum | MeasureParts.SumOfSquares) && !ReadSum(bytes, out tally.Sum, ref at))
        {
            return false;
        }

        if (plan.Has(MeasureParts.SumOfSquares)
            && !ReadSquares(bytes, out tiles.SquaresAt(row, measure), ref at))
        {
            return false;
        }

        if (plan.Has(MeasureParts.Min))
        {
            tally.Least = ReadExtreme(bytes, plan.Kind, ref at);
        }

        if (plan.Has(MeasureParts.Max))
        {
            tally.Greatest = ReadExtreme(bytes, plan.Kind, ref at);
        }

        return (!plan.Has(MeasureParts.First)
                || ReadPick(records, measure, start, ref tiles.FirstAt(row, measure), ref at, end))
            && (!plan.Has(MeasureParts.Last)
                || ReadPick(records, measure, start, ref tiles.LastAt(row, measure), ref at, end));
    }

    private static bool ReadSum(ReadOnlySpan<byte> bytes, out Int128 sum, ref int at)
    {
        int length = bytes[at];
        if (length is > 0 and <= 8)
        {
            int spare = 64 - (8 * length);
            sum = (long)(BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 1)..]) << spare) >> spare;
            at += 1 + length;
            return true;
        }

        return ReadWideSum(bytes, out sum, ref at);
    }

    private static bool ReadWideSum(ReadOnlySpan<byte> bytes, out Int128 sum, ref int at)
    {
        Span<byte> integer = stackalloc byte[SumBytesMax];
        bool isRead = ReadInteger(bytes, integer, ref at);
        sum = BinaryPrimitives.ReadInt128LittleEndian(integer);
        return isRead;
    }

    private static bool ReadSquares(ReadOnlySpan<byte> bytes, out Wide squares, ref int at)
    {
        Span<byte> integer = stackalloc byte[SquaresBytesMax];
        bool isRead = ReadInteger(bytes, integer, ref at);
        squares = new Wide(
            BinaryPrimitives.ReadUInt128LittleEndian(integer[16..]), BinaryPrimitives.ReadUInt128LittleEndian(integer));
        return isRead;
    }

    private static bool ReadInteger(ReadOnlySpan<byte> bytes, Span<byte> integer, ref int at)
    {
        int length = bytes[at++];
        if (length > integer.Length)
        {
            return false;
        }

        integer.Fill(length > 0 && bytes[at + length - 1] >= 128 ? (byte)255 : (byte)0);
        bytes.Slice(at, length).CopyTo(integer);
        at += length;
        return true;
    }

    private static long ReadExtreme(ReadOnlySpan<byte> bytes, ValueKind kind, ref int at) => kind == ValueKind.Float
        ? FloatUnits.Ordered(ValueDecoder.ReadNumber(bytes, ColumnForm.Float, ref at))
        : ValueDecoder.ReadNumber(bytes, ColumnForm.Number, ref at);

    private bool ReadPick(RecordSet records, int measure, long start, ref Pick pick, ref int at, int end)
    {
        ReadOnlySpan<byte> bytes = records.Bytes;
        pick.IsPresent = true;
        pick.Time = unchecked(BaseOf(start) + PrefixVarint.UnZigZag(PrefixVarint.Read(bytes, ref at)));
        if (_layout.HoldsText)
        {
            if (!ValueDecoder.TryReadText(bytes, ref at, end, out pick.IdText))
            {
                return false;
            }
        }
        else if (_layout.HoldsIds)
        {
            pick.Id = (ulong)PrefixVarint.UnZigZag(PrefixVarint.Read(bytes, ref at));
        }

        if (_plans[measure].Argument < 0)
        {
            return true;
        }

        ref readonly ColumnLayout argument = ref _arguments[measure];
        if (argument.Form is ColumnForm.Text or ColumnForm.List)
        {
            return records.TryReadLong(argument, ref at, end, out pick.Slot);
        }

        pick.Slot = ValueDecoder.ReadNumber(bytes, argument.Form, ref at);
        return true;
    }

    // A bool has no bits of its own here: it is a number.
    private ColumnLayout ArgumentOf(MeasurePlan plan)
    {
        ColumnLayout column = plan.Argument < 0 ? default : _layout.Columns[plan.Argument];
        return column.Form == ColumnForm.Bit ? default : column;
    }
}
