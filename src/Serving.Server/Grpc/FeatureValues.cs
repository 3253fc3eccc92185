using Serving.Data;
using Serving.Data.Cells;
using Serving.Server.Grpc.Wire;

namespace Serving.Server.Grpc;

/// <summary>
/// Writes the values before encoders of a row as <c>map&lt;string, Value&gt;</c>: decimals and crosses as their cells'
/// text, times in milliseconds, a missing one as a Value without a kind.
/// </summary>
internal static class FeatureValues
{
    private const int Key = 1;
    private const int Value = 2;
    private const int Items = 1;

    /// <summary>Writes all columns of a row.</summary>
    public static void Write(ProtoWriter writer, int field, RowBatch features, int row)
    {
        for (int column = 0; column < features.FieldCount; column++)
        {
            int entry = writer.BeginMessage(field);
            writer.WriteBytes(Key, features.Schema.Utf8Name(column));
            int value = writer.BeginMessage(Value);
            if (features.IsPresent(row, column))
            {
                WriteValue(writer, features, row, column);
            }

            writer.EndMessage(value);
            writer.EndMessage(entry);
        }
    }

    private static void WriteValue(ProtoWriter writer, RowBatch features, int row, int column)
    {
        FieldType type = features.Schema.Fields[column].Type;
        if (type.Kind != ValueKind.List)
        {
            WriteScalar(writer, features, type, features.Get(row, column));
            return;
        }

        FieldType element = type.Element;
        int list = writer.BeginMessage((int)WireKind.List);
        foreach (long item in features.GetList(row, column))
        {
            int start = writer.BeginMessage(Items);
            WriteScalar(writer, features, element, item);
            writer.EndMessage(start);
        }

        writer.EndMessage(list);
    }

    private static void WriteScalar(ProtoWriter writer, RowBatch features, in FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                writer.WriteIntAlways((int)WireKind.Bool, slot);
                break;
            case ValueKind.Int:
            case ValueKind.Time:
                writer.WriteIntAlways((int)WireKind.Int, slot);
                break;
            case ValueKind.Float:
                writer.WriteDoubleAlways((int)WireKind.Float, BitConverter.Int64BitsToDouble(slot));
                break;
            case ValueKind.String:
                writer.WriteBytesAlways((int)WireKind.String, features.TextOf(slot));
                break;
            default:
                Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
                int length = CellWriter.WriteScalar(text, type, slot);
                writer.WriteBytesAlways((int)WireKind.String, text[..length]);
                break;
        }
    }
}
