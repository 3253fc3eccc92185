using System.Text.Unicode;
using Serving.Data.Time;

namespace Serving.Data.Cells;

/// <summary>
/// Turns UTF-8 text into values (R60, R91-R93): total on any bytes, without exceptions, without allocation after
/// warm-up. Not safe for use by several threads (it holds a scratch buffer); cheap enough to make one per scoring
/// context.
/// </summary>
/// <remarks>
/// Missing is the caller's: a reader is given texts that are there. The empty text is a string and nothing else.
/// </remarks>
public sealed class CellReader
{
    private readonly ILocalTimeZone _zone;
    private byte[] _scratch = new byte[256];

    /// <summary>Makes a reader.</summary>
    /// <param name="zone">The zone of times of the form <c>YYYY-MM-DD HH:MM:SS</c>.</param>
    public CellReader(ILocalTimeZone zone) => _zone = zone;

    /// <summary>
    /// Reads a text into a slot. NaN, the infinities and invalid UTF-8 make the slot of an optional type missing and
    /// are counted in the batch (R92); in one that is not optional they are faults. On a fault the slot is missing.
    /// </summary>
    public CellFault Read(ReadOnlySpan<byte> text, in FieldType type, RowBatch target, int row, int field)
    {
        CellFault fault;
        if (type.Kind == ValueKind.List)
        {
            fault = ListCell.Read(text, type, this, target, row, field);
        }
        else
        {
            fault = ReadSlot(text, type, target, out long slot);
            if (fault == CellFault.None)
            {
                target.Set(row, field, slot);
                return CellFault.None;
            }
        }

        return fault != CellFault.None ? Refuse(fault, type, target, row, field) : fault;
    }

    /// <summary>
    /// Reads the text of a scalar; strings are copied into the batch's arena. Whatever the type's optionality, NaN,
    /// infinities and invalid UTF-8 are faults here.
    /// </summary>
    public CellFault ReadSlot(ReadOnlySpan<byte> text, in FieldType type, RowBatch target, out long slot)
    {
        if (type.Kind != ValueKind.String)
        {
            return ReadNumber(text, type, out slot);
        }

        slot = 0;
        CellFault fault = CheckText(text);
        if (fault == CellFault.None)
        {
            slot = target.AddText(text);
        }

        return fault;
    }

    /// <summary>
    /// Reads the text of a bool, int, float, decimal or time into its slot; other kinds are
    /// <see cref="CellFault.Malformed"/>.
    /// </summary>
    public CellFault ReadNumber(ReadOnlySpan<byte> text, in FieldType type, out long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Int:
                return IntegerCell.Parse(text, out slot);
            case ValueKind.Float:
                CellFault fault = FloatCell.Parse(text, out double value);
                slot = BitConverter.DoubleToInt64Bits(value + 0.0);
                return fault;
            case ValueKind.Decimal:
                return DecimalCell.Parse(text, type.Scale, out slot);
            case ValueKind.Time:
                return TimeCell.Parse(text, _zone, out slot);
            case ValueKind.Bool:
                return ReadBool(text, out slot);
            default:
                slot = 0;
                return CellFault.Malformed;
        }
    }

    /// <summary>Whether bytes may be a string: valid UTF-8, not too long.</summary>
    public static CellFault CheckText(ReadOnlySpan<byte> text)
    {
        if (text.Length > RowBatch.TextBytesMax)
        {
            return CellFault.TextTooLong;
        }

        return Utf8.IsValid(text) ? CellFault.None : CellFault.NotUtf8;
    }

    /// <summary>
    /// What stands between the quotes of a JSON string, without its escapes; the result is valid until the next call.
    /// </summary>
    public CellFault UnescapeJson(ReadOnlySpan<byte> inner, out ReadOnlySpan<byte> text)
    {
        if (inner.Length > _scratch.Length)
        {
            _scratch = new byte[Math.Max(inner.Length, _scratch.Length * 2)];
        }

        bool ok = JsonText.TryUnescape(inner, _scratch, out int written);
        text = _scratch.AsSpan(0, ok ? written : 0);
        return ok ? CellFault.None : CellFault.Malformed;
    }

    private static CellFault ReadBool(ReadOnlySpan<byte> text, out long slot)
    {
        slot = text.SequenceEqual("true"u8) || text.SequenceEqual("1"u8) ? 1 : 0;
        return slot == 1 || text.SequenceEqual("false"u8) || text.SequenceEqual("0"u8)
            ? CellFault.None
            : CellFault.Malformed;
    }

    private static CellFault Refuse(CellFault fault, in FieldType type, RowBatch target, int row, int field)
    {
        bool isForgiven = type.Optional && type.Kind != ValueKind.List;
        switch (fault)
        {
            case CellFault.NotFinite when isForgiven:
                target.SetFloat(row, field, double.NaN);
                return CellFault.None;
            case CellFault.NotUtf8 when isForgiven:
                target.SetNotUtf8(row, field);
                return CellFault.None;
            default:
                target.SetMissing(row, field);
                return fault;
        }
    }
}
