using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Ingest;

/// <summary>
/// What is wrong with the rows of an ingest call: every missing field and every wrong time, the first
/// <see cref="ShownMax"/> in words. Looks first and makes texts only when there is something to say.
/// </summary>
internal static class IngestProblems
{
    /// <summary>Problems named in an answer; a client that has as many has one mistake in its code.</summary>
    public const int ShownMax = 16;

    /// <summary>All problems in one text, or null.</summary>
    public static string? Of(IngestContext context)
    {
        RowBatch rows = context.Rows;
        EventDeclaration declaration = context.Declaration;
        if (rows.RowCount == 0)
        {
            return "the call has no rows, expected at least one";
        }

        StringBuilder? text = null;
        int count = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int field = 0; field < rows.FieldCount; field++)
            {
                if (IsWrong(rows, row, field, declaration) && count++ < ShownMax)
                {
                    text ??= new StringBuilder();
                    Describe(text, rows, row, field);
                }
            }
        }

        return count > ShownMax
            ? text!.Append(CultureInfo.InvariantCulture, $"; and {count - ShownMax} more").ToString()
            : text?.ToString();
    }

    private static bool IsWrong(RowBatch rows, int row, int field, EventDeclaration declaration)
    {
        if (!rows.IsPresent(row, field))
        {
            return !rows.Schema.Fields[field].Type.Optional;
        }

        bool isTime = field == declaration.TimeField || field == declaration.KnownField;
        return isTime && rows.Get(row, field) < RequestTimes.EarliestMs;
    }

    private static void Describe(StringBuilder text, RowBatch rows, int row, int field)
    {
        Field declared = rows.Schema.Fields[field];
        text.Append(text.Length == 0 ? "" : "; ")
            .Append(CultureInfo.InvariantCulture, $"row {row}, field '{declared.Name}': ");
        if (rows.IsPresent(row, field))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"found {rows.Get(row, field)}, expected a time since 2000-01-01, in milliseconds since 1970");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"missing, expected {declared.Type}");
        }
    }
}
