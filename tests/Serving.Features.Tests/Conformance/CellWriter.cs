using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serving.Data;

namespace Serving.Features.Tests.Conformance;

/// <summary>Writes raw (R95) and encoded (R96) cells; null is a missing one.</summary>
internal static class CellWriter
{
    private static readonly JsonSerializerOptions Json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string? Raw(RowBatch batch, int row, int field)
    {
        if (!batch.IsPresent(row, field))
        {
            return null;
        }

        FieldType type = batch.Schema.Fields[field].Type;
        return type.Kind == ValueKind.List
            ? "[" + string.Join(
                ',', batch.GetList(row, field).ToArray().Select(item => Item(batch, type.Element, item))) + "]"
            : Scalar(batch, type, batch.Get(row, field));
    }

    public static string? Encoded(FeatureColumn column, FeatureBatch features, FeatureLayout layout, int index, int row)
    {
        if (!column.IsDiscrete)
        {
            double value = features.DenseRow(row)[layout.DensePlaces[index]];
            return double.IsNaN(value) ? null : FloatText.Of(value);
        }

        uint[] ids = features.RowIds(row, layout.IdPlaces[index]).ToArray();
        return column.IsMultiValued
            ? $"[{string.Join(',', ids)}]"
            : ids.Single().ToString(CultureInfo.InvariantCulture);
    }

    private static string Item(RowBatch batch, FieldType element, long slot)
    {
        string text = Scalar(batch, element, slot);
        return element.Kind is ValueKind.String or ValueKind.Time or ValueKind.Digest
            ? JsonSerializer.Serialize(text, Json)
            : text;
    }

    private static string Scalar(RowBatch batch, FieldType type, long slot) => type.Kind switch
    {
        ValueKind.Bool => slot != 0 ? "true" : "false",
        ValueKind.Float => FloatText.Of(BitConverter.Int64BitsToDouble(slot)),
        ValueKind.Decimal => Decimal(slot, type.Scale),
        ValueKind.String => Encoding.UTF8.GetString(batch.TextOf(slot)),
        ValueKind.Time => DateTimeOffset.FromUnixTimeMilliseconds(slot)
            .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ValueKind.Digest => slot.ToString("x16", CultureInfo.InvariantCulture),
        _ => slot.ToString(CultureInfo.InvariantCulture),
    };

    private static string Decimal(long minorUnits, int scale)
    {
        string digits = Int128.Abs(minorUnits).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = minorUnits < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }
}
