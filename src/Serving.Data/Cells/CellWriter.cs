using System.Buffers.Text;
using System.Buffers;

namespace Serving.Data.Cells;

/// <summary>
/// Turns values into UTF-8 text (R94, R95), the same bytes in files, in JSON and in the console. No allocation after
/// warm-up of the buffer. Safe for use by several threads.
/// </summary>
public static class CellWriter
{
    /// <summary>Most bytes that <see cref="WriteScalar"/> writes.</summary>
    public const int ScalarBytesMax = 32;

    /// <summary>
    /// Writes a bool, int, float, decimal, time or digest and returns its length in bytes; 0 for strings and lists.
    /// REQUIRES: room for <see cref="ScalarBytesMax"/> bytes.
    /// </summary>
    public static int WriteScalar(Span<byte> destination, in FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Int:
                return IntegerCell.Write(destination, slot);
            case ValueKind.Float:
                return FloatCell.Write(destination, BitConverter.Int64BitsToDouble(slot));
            case ValueKind.Decimal:
                return DecimalCell.Write(destination, slot, type.Scale);
            case ValueKind.Time:
                return TimeCell.Write(destination, slot);
            case ValueKind.Bool:
                return WriteBool(destination, slot != 0);
            case ValueKind.Digest:
                Utf8Formatter.TryFormat(slot, destination, out int written, new StandardFormat('x', 16));
                return written;
            default:
                return 0;
        }
    }

    /// <summary>Writes a number as the shortest text that reads back as the same binary64 (R94).</summary>
    /// <returns>
    /// Bytes written, at most <see cref="ScalarBytesMax"/>. NaN and the infinities have .NET's names.
    /// </returns>
    public static int WriteFloat(Span<byte> destination, double value) => FloatCell.Write(destination, value);

    /// <summary>
    /// Appends a present value as the text of a cell: strings raw, lists as a JSON array without blanks.
    /// </summary>
    public static void Write(Utf8Buffer output, in FieldType type, long slot, RowBatch rows)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                output.Add(rows.TextOf(slot));
                break;
            case ValueKind.List:
                ListCell.Write(output, type, slot, rows);
                break;
            default:
                output.Advance(WriteScalar(output.GetSpan(ScalarBytesMax), type, slot));
                break;
        }
    }

    /// <summary>
    /// Appends a present value as JSON: strings, times and digests as JSON strings, numbers and bools bare, lists as
    /// arrays, a number that is not finite as null.
    /// </summary>
    public static void WriteJson(Utf8Buffer output, in FieldType type, long slot, RowBatch rows)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                JsonText.WriteString(output, rows.TextOf(slot));
                break;
            case ValueKind.Time or ValueKind.Digest:
                output.Add((byte)'"');
                output.Advance(WriteScalar(output.GetSpan(ScalarBytesMax), type, slot));
                output.Add((byte)'"');
                break;
            case ValueKind.Float when !double.IsFinite(BitConverter.Int64BitsToDouble(slot)):
                output.Add("null"u8);
                break;
            default:
                Write(output, type, slot, rows);
                break;
        }
    }

    private static int WriteBool(Span<byte> destination, bool value)
    {
        ReadOnlySpan<byte> text = value ? "true"u8 : "false"u8;
        text.CopyTo(destination);
        return text.Length;
    }
}
