using Serving.Data;
using Serving.Data.Cells;
using Serving.Server.Rows;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// Writes a <c>serving.v1.Value</c> into a slot of a batch by the rules of the contract: an integer widens to a float
/// field, times are milliseconds or ISO 8601 text, decimals integers or text, never binary floating point. Not safe for
/// use by several threads.
/// </summary>
internal sealed class WireSlots
{
    private readonly TextSlots _texts = new();

    /// <summary>Writes a value that has a kind. Allocates nothing.</summary>
    public CellFault Write(RowBatch batch, int row, int place, in FieldType type, in WireValue value)
    {
        if (type.Kind == ValueKind.List)
        {
            return value.Kind == WireKind.List ? WriteList(batch, row, place, type, value) : CellFault.Malformed;
        }

        if (type.Kind == ValueKind.Float)
        {
            return WriteFloat(batch, row, place, type, value);
        }

        CellFault fault = ToSlot(batch, type, value, out long slot);
        if (fault == CellFault.None)
        {
            batch.Set(row, place, slot);
        }

        return fault;
    }

    /// <summary>What a value is, for a message.</summary>
    public static string Describe(in WireValue value) => value.Kind switch
    {
        WireKind.Missing => "nothing",
        WireKind.Bool => value.Bits != 0 ? "true" : "false",
        WireKind.Int => $"the integer {value.Bits}",
        WireKind.Float => $"the float {value.Number}",
        WireKind.String => $"the string '{RequestProblems.Shorten(value.Bytes)}'",
        _ => "a list",
    };

    private static CellFault WriteFloat(RowBatch batch, int row, int place, in FieldType type, in WireValue value)
    {
        switch (value.Kind)
        {
            case WireKind.Int:
                batch.SetFloat(row, place, value.Bits);
                return CellFault.None;

            // A double that is not finite is missing where it may be, and counted (R92).
            case WireKind.Float:
                return batch.SetFloat(row, place, value.Number) || type.Optional ? CellFault.None : CellFault.NotFinite;
            default:
                return CellFault.Malformed;
        }
    }

    private CellFault WriteList(RowBatch batch, int row, int place, in FieldType type, in WireValue value)
    {
        FieldType element = type.Element;
        int unused = 0;
        batch.BeginList();
        var reader = new ProtoReader(value.Bytes);
        while (reader.NextField(out uint tag))
        {
            if (tag != WireValue.TagItems)
            {
                reader.Skip(tag);
                continue;
            }

            if (batch.OpenListCount == type.ListMaximum)
            {
                return CellFault.ListTooLong;
            }

            // The list was checked when the value was read, so its items are well formed.
            _ = WireValue.TryRead(reader.ReadBytes(), 0, out WireValue item, ref unused);
            CellFault fault = ToItem(batch, element, item, out long slot);
            if (fault != CellFault.None)
            {
                return fault;
            }

            batch.AddItem(slot);
        }

        batch.EndList(row, place);
        return CellFault.None;
    }

    private CellFault ToItem(RowBatch batch, in FieldType type, in WireValue item, out long slot)
    {
        slot = 0;
        if (item.Kind == WireKind.Missing)
        {
            return CellFault.ElementMissing;
        }

        if (type.Kind != ValueKind.Float)
        {
            return ToSlot(batch, type, item, out slot);
        }

        double number = item.Kind == WireKind.Int ? item.Bits : item.Number;
        slot = BitConverter.DoubleToInt64Bits(number + 0.0);
        return item.Kind is not (WireKind.Int or WireKind.Float) ? CellFault.Malformed
            : double.IsFinite(number) ? CellFault.None : CellFault.NotFinite;
    }

    private CellFault ToSlot(RowBatch batch, in FieldType type, in WireValue value, out long slot)
    {
        slot = value.Bits;
        switch (type.Kind)
        {
            case ValueKind.Bool when value.Kind == WireKind.Bool:
            case ValueKind.Int when value.Kind == WireKind.Int:
                return CellFault.None;
            case ValueKind.Time when value.Kind == WireKind.Int:
                return TextSlots.CheckTime(slot);
            case ValueKind.Time when value.Kind == WireKind.String:
                return _texts.ParseTime(value.Bytes, out slot);
            case ValueKind.Decimal when value.Kind == WireKind.Int:
                return TextSlots.ScaleInteger(value.Bits, type.Scale, out slot);
            case ValueKind.Decimal when value.Kind == WireKind.String:
                return _texts.ParseDecimal(value.Bytes, type, out slot);
            case ValueKind.String when value.Kind == WireKind.String && value.Bytes.Length > RowBatch.TextBytesMax:
                return CellFault.TextTooLong;
            case ValueKind.String when value.Kind == WireKind.String:
                slot = batch.AddText(value.Bytes);
                return CellFault.None;
            default:
                return CellFault.Malformed;
        }
    }
}
