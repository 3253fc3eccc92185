using System.Globalization;
using System.Text;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>The drawn values of one row: null is missing; long, double, string, or an array of one of them.</summary>
internal sealed record RowValues(object?[] Values)
{
    public void AddTo(RowBatch batch)
    {
        int row = batch.AddRow();
        for (int field = 0; field < Values.Length; field++)
        {
            switch (Values[field])
            {
                case null:
                    break;
                case object[] items:
                    long[] slots = [.. items.Select(item => Slot(batch, item))];
                    batch.BeginList();
                    Array.ForEach(slots, batch.AddItem);
                    batch.EndList(row, field);
                    break;
                default:
                    batch.Set(row, field, Slot(batch, Values[field]!));
                    break;
            }
        }
    }

    public string Describe(RowSchema schema) => string.Join(
        ", ", schema.Fields.Select((field, index) => $"{field.Name}={Describe(Values[index])}"));

    private static string Describe(object? value) => value switch
    {
        null => "missing",
        object[] items => $"[{string.Join(", ", items.Select(Describe))}]",
        string text => $"\"{text}\"",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static long Slot(RowBatch batch, object value) => value switch
    {
        double number => BitConverter.DoubleToInt64Bits(number + 0.0),
        string text => batch.AddText(Encoding.UTF8.GetBytes(text)),
        _ => (long)value,
    };
}
