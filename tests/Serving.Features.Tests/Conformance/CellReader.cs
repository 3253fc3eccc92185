using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Data;

namespace Serving.Features.Tests.Conformance;

/// <summary>Reads the cells of a case into a row (R92, R93); cases hold only what is right.</summary>
internal static class CellReader
{
    public static RowBatch Read(RowSchema schema, string csv)
    {
        var batch = new RowBatch(schema);
        Fill(batch, csv);
        return batch;
    }

    /// <summary>Appends the rows to a batch.</summary>
    public static void Fill(RowBatch batch, string csv)
    {
        List<List<(string Text, bool Quoted)>> lines = CsvText.Read(csv);
        foreach (List<(string Text, bool Quoted)> line in lines.Skip(1))
        {
            int row = batch.AddRow();
            for (int column = 0; column < line.Count; column++)
            {
                int field = batch.Schema.IndexOf(lines[0][column].Text);
                if (field >= 0 && (line[column].Text.Length > 0 || line[column].Quoted))
                {
                    Set(batch, row, field, line[column].Text);
                }
            }
        }
    }

    private static void Set(RowBatch batch, int row, int field, string text)
    {
        FieldType type = batch.Schema.Fields[field].Type;
        switch (type.Kind)
        {
            case ValueKind.Float:
                batch.SetFloat(row, field, double.Parse(text, CultureInfo.InvariantCulture));
                break;
            case ValueKind.List:
                SetList(batch, row, field, text);
                break;
            default:
                batch.Set(row, field, Slot(batch, type, text));
                break;
        }
    }

    private static void SetList(RowBatch batch, int row, int field, string json)
    {
        FieldType element = batch.Schema.Fields[field].Type.Element;
        using JsonDocument document = JsonDocument.Parse(json);
        long[] slots = [.. document.RootElement.EnumerateArray().Select(item =>
            Slot(batch, element, item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()))];
        batch.BeginList();
        foreach (long slot in slots)
        {
            batch.AddItem(slot);
        }

        batch.EndList(row, field);
    }

    private static long Slot(RowBatch batch, FieldType type, string text) => type.Kind switch
    {
        ValueKind.Bool => text is "true" or "1" ? 1 : 0,
        ValueKind.Int => long.Parse(text, CultureInfo.InvariantCulture),
        ValueKind.Float => BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture) + 0.0),
        ValueKind.Decimal => MinorUnits(text, type.Scale),
        ValueKind.String => batch.AddText(Encoding.UTF8.GetBytes(text)),
        _ => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
    };

    private static long MinorUnits(string text, int scale)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int digits = point < 0 ? 0 : text.Length - point - 1;
        string all = text.Replace(".", "", StringComparison.Ordinal) + new string('0', scale - digits);
        return long.Parse(all, CultureInfo.InvariantCulture);
    }
}
