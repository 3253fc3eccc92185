using System.Text;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws rows of events around two days: equal times, repeated ids, hot keys, late and future ones, missing values.
/// </summary>
internal static class EventStream
{
    private const long FirstMs = 1_772_300_000_000;
    private const long MinuteMs = 60_000;

    public static RowBatch Draw(EventDeclaration declaration, int count, Choice choice)
    {
        var rows = new RowBatch(declaration.Schema);
        for (int index = 0; index < count; index++)
        {
            int row = rows.AddRow();
            for (int field = 0; field < declaration.Schema.Fields.Length; field++)
            {
                FieldType type = declaration.Schema.Fields[field].Type;
                if (!type.Optional || !choice.OneIn(5))
                {
                    Set(rows, row, field, type, choice);
                }
            }

            long time = FirstMs + (choice.Below(2 * 24 * 60) * MinuteMs) + choice.Of(0, 0, 0, 1, 30_500, 59_999);
            rows.Set(row, declaration.TimeField, time);
            if (declaration.KnownField >= 0)
            {
                rows.Set(row, declaration.KnownField, time + choice.Of(
                    0, 0, 1, -1, -5000, -5001, MinuteMs, 10 * MinuteMs, (60 * MinuteMs) + 1, 24 * 60 * MinuteMs));
            }
        }

        return rows;
    }

    private static void Set(RowBatch rows, int row, int field, FieldType type, Choice choice)
    {
        switch (type.Kind)
        {
            case ValueKind.String:
                rows.SetText(row, field, Encoding.UTF8.GetBytes(choice.Of("x", "x", "x", "y", "zü", "")));
                break;
            case ValueKind.Float:
                rows.SetFloat(row, field, choice.Of(0.0, 1.0, 0.1, -2.5e-6, 1e300, 123456.789));
                break;
            case ValueKind.Decimal:
                rows.Set(row, field, choice.Of(0, 50, 100, -333, 99_999_999, long.MaxValue));
                break;
            case ValueKind.Bool:
                rows.Set(row, field, choice.Below(2));
                break;
            default:
                rows.Set(row, field, choice.Of(0, 1, 2, 3, -1, 40));
                break;
        }
    }
}
