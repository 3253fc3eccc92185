using System.Text;
using DuckDB.NET.Data;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Tables.Parquet;

/// <summary>Values as DuckDB's appender takes them.</summary>
internal static class ParquetAppend
{
    // 19 digits hold every 64-bit number of minor units.
    private const int DecimalDigits = 19;

    /// <summary>The SQL type of a column.</summary>
    public static string SqlType(in FieldType type) => type.Kind switch
    {
        ValueKind.Bool => "boolean",
        ValueKind.Int => "bigint",
        ValueKind.Float => "double",
        ValueKind.Decimal => $"decimal({DecimalDigits}, {type.Scale})",
        ValueKind.Time => "timestamptz",
        ValueKind.List => SqlType(type.Element) + "[]",
        _ => "varchar",
    };

    /// <summary>Appends the fields of a row.</summary>
    public static void Row(IDuckDBAppenderRow target, RowBatch rows, int row)
    {
        ReadOnlySpan<Field> fields = rows.Schema.Fields.AsSpan();
        int slot = row * fields.Length;
        for (int index = 0; index < fields.Length; index++, slot++)
        {
            if (rows.Present[slot])
            {
                Value(target, fields[index].Type, rows.Values[slot], rows);
            }
            else
            {
                target.AppendNullValue();
            }
        }
    }

    private static void Value(IDuckDBAppenderRow target, in FieldType type, long slot, RowBatch rows)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                target.AppendValue((bool?)(slot != 0));
                break;
            case ValueKind.Int:
                target.AppendValue((long?)slot);
                break;
            case ValueKind.Float:
                target.AppendValue((double?)BitConverter.Int64BitsToDouble(slot));
                break;
            case ValueKind.Decimal:
                target.AppendValue((decimal?)ToDecimal(slot, type.Scale));
                break;
            case ValueKind.Time:
                target.AppendValue((DateTimeOffset?)ToInstant(slot));
                break;
            case ValueKind.List:
                List(target, type.Element, rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot)), rows);
                break;
            default:
                target.AppendValue(ToText(type, slot, rows));
                break;
        }
    }

    private static void List(IDuckDBAppenderRow target, FieldType element, ReadOnlySpan<long> items, RowBatch rows)
    {
        long[] slots = items.ToArray();
        _ = element.Kind switch
        {
            ValueKind.Bool => target.AppendValue(Array.ConvertAll(slots, slot => slot != 0)),
            ValueKind.Int => target.AppendValue(slots),
            ValueKind.Float => target.AppendValue(Array.ConvertAll(slots, BitConverter.Int64BitsToDouble)),
            ValueKind.Decimal => target.AppendValue(Array.ConvertAll(slots, slot => ToDecimal(slot, element.Scale))),
            ValueKind.Time => target.AppendValue(Array.ConvertAll(slots, ToInstant)),
            _ => target.AppendValue(Array.ConvertAll(slots, slot => ToText(element, slot, rows))),
        };
    }

    private static string ToText(in FieldType type, long slot, RowBatch rows)
    {
        if (type.Kind == ValueKind.String)
        {
            return Encoding.UTF8.GetString(rows.TextOf(slot));
        }

        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        return Encoding.ASCII.GetString(text[..CellWriter.WriteScalar(text, type, slot)]);
    }

    // Exact: a decimal holds 96 bits of digits and the power of ten.
    private static decimal ToDecimal(long minor, byte scale)
    {
        ulong magnitude = minor < 0 ? 0UL - (ulong)minor : (ulong)minor;
        return new decimal((int)magnitude, (int)(magnitude >> 32), 0, minor < 0, scale);
    }

    private static DateTimeOffset ToInstant(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, -62_135_596_800_000, 253_402_300_799_999));
}
