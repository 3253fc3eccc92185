using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Server.Rows;

namespace Serving.Server.Rest;

/// <summary>
/// Writes a JSON value into a slot of a batch: int is a number without fraction or exponent, decimal a number or a
/// string read by its digits and never as binary floating point, time a number (ms) or a string. Not safe for use by
/// several threads; allocates nothing after warm-up.
/// </summary>
internal sealed class JsonSlots
{
    private readonly TextSlots _texts = new();
    private byte[] _scratch = new byte[256];

    /// <summary>
    /// Writes the value at which the reader stands, to its end. On a fault the reader stands at the value's end too,
    /// and
    /// <paramref name="found"/> says what it was.
    /// </summary>
    public CellFault Write(
        ref Utf8JsonReader reader, RowBatch batch, int row, int place, in FieldType type, out string found)
    {
        found = "";
        if (reader.TokenType == JsonTokenType.Null)
        {
            batch.SetMissing(row, place);
            return CellFault.None;
        }

        if (type.Kind == ValueKind.List && reader.TokenType == JsonTokenType.StartArray)
        {
            return WriteList(ref reader, batch, row, place, type, ref found);
        }

        CellFault fault = ToSlot(ref reader, batch, type, out long slot);
        if (fault == CellFault.None)
        {
            batch.Set(row, place, slot);
            return CellFault.None;
        }

        found = Describe(ref reader);
        Skip(ref reader);
        return fault;
    }

    /// <summary>Passes over the value at which the reader stands; its texts are checked like any other.</summary>
    public void Skip(ref Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        bool isNested = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                Text(ref reader);
            }
        }
        while (isNested && reader.Read() && reader.CurrentDepth > depth);
    }

    /// <summary>
    /// The text of the string or name at which the reader stands, without its escapes; valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_scratch.Length < reader.ValueSpan.Length)
        {
            _scratch = new byte[Math.Max(_scratch.Length * 2, reader.ValueSpan.Length)];
        }

        // Throws InvalidOperationException for a surrogate without its other half.
        return _scratch.AsSpan(0, reader.CopyString(_scratch));
    }

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => $"the string '{RequestProblems.Shorten(reader.ValueSpan)}'",
        JsonTokenType.Number => $"the number {RequestProblems.Shorten(reader.ValueSpan)}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Null => "null",
        _ => "an object",
    };

    private CellFault WriteList(
        ref Utf8JsonReader reader, RowBatch batch, int row, int place, in FieldType type, ref string found)
    {
        FieldType element = type.Element;
        CellFault worst = CellFault.None;
        batch.BeginList();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (worst != CellFault.None)
            {
                Skip(ref reader);
                continue;
            }

            worst = AddItem(ref reader, batch, element, type.ListMaximum, ref found);
        }

        if (worst == CellFault.None)
        {
            batch.EndList(row, place);
        }

        return worst;
    }

    private CellFault AddItem(
        ref Utf8JsonReader reader, RowBatch batch, in FieldType element, int countMax, ref string found)
    {
        CellFault fault;
        long slot = 0;
        if (batch.OpenListCount == countMax)
        {
            fault = CellFault.ListTooLong;
        }
        else if (reader.TokenType == JsonTokenType.Null)
        {
            fault = CellFault.ElementMissing;
        }
        else
        {
            fault = ToSlot(ref reader, batch, element, out slot);
        }

        if (fault == CellFault.None)
        {
            batch.AddItem(slot);
        }
        else
        {
            found = fault == CellFault.ListTooLong ? "a longer array" : $"an array with {Describe(ref reader)}";
            Skip(ref reader);
        }

        return fault;
    }

    private CellFault ToSlot(ref Utf8JsonReader reader, RowBatch batch, in FieldType type, out long slot)
    {
        slot = 0;
        switch (reader.TokenType)
        {
            case JsonTokenType.True when type.Kind == ValueKind.Bool:
                slot = 1;
                return CellFault.None;
            case JsonTokenType.False when type.Kind == ValueKind.Bool:
                return CellFault.None;
            case JsonTokenType.Number:
                return NumberToSlot(ref reader, type, out slot);
            case JsonTokenType.String:
                return TextToSlot(Text(ref reader), batch, type, out slot);
            default:
                return CellFault.Malformed;
        }
    }

    private CellFault NumberToSlot(ref Utf8JsonReader reader, in FieldType type, out long slot)
    {
        slot = 0;
        switch (type.Kind)
        {
            case ValueKind.Int:
                return ToInteger(ref reader, out slot);
            case ValueKind.Time:
                CellFault fault = ToInteger(ref reader, out slot);
                return fault == CellFault.None ? TextSlots.CheckTime(slot) : fault;
            case ValueKind.Decimal:
                return _texts.ParseDecimal(reader.ValueSpan, type, out slot);
            case ValueKind.Float:
                // The reader gives infinity for 1e400.
                bool isFinite = reader.TryGetDouble(out double number) && double.IsFinite(number);
                slot = BitConverter.DoubleToInt64Bits(number + 0.0);
                return isFinite ? CellFault.None : CellFault.NotFinite;
            default:
                return CellFault.Malformed;
        }
    }

    private static CellFault ToInteger(ref Utf8JsonReader reader, out long slot)
    {
        slot = 0;
        return reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 ? CellFault.Malformed
            : reader.TryGetInt64(out slot) ? CellFault.None : CellFault.OutOfRange;
    }

    private CellFault TextToSlot(ReadOnlySpan<byte> text, RowBatch batch, in FieldType type, out long slot)
    {
        slot = 0;
        switch (type.Kind)
        {
            case ValueKind.String when text.Length > RowBatch.TextBytesMax:
                return CellFault.TextTooLong;
            case ValueKind.String:
                slot = batch.AddText(text);
                return CellFault.None;
            case ValueKind.Decimal:
                return _texts.ParseDecimal(text, type, out slot);
            case ValueKind.Time:
                return _texts.ParseTime(text, out slot);
            default:
                return CellFault.Malformed;
        }
    }
}
