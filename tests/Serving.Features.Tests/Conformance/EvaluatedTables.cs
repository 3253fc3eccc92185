using System.Text;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features.Tests.Conformance;

/// <summary>What a program gives for rows, as the files that <c>features run</c> writes.</summary>
internal sealed record EvaluatedTables(string Raw, string Encoded)
{
    public static EvaluatedTables Of(FeatureProgram program, RowBatch rows, WindowValues? windows = null)
    {
        FeatureLayout layout = FeatureLayout.Split(program.Columns);
        var features = new FeatureBatch();
        var raw = new RowBatch(program.RawSchema);
        program.Evaluate(rows, windows, layout, features, program.CreateFrame(), raw);

        string[] ids =
            [.. Enumerable.Range(0, rows.RowCount).Select(row => CellWriter.Raw(rows, row, program.Script.IdField)!)];
        return new EvaluatedTables(
            Table(
                program.RawSchema.Fields.Select(field => field.Name),
                ids,
                (row, column) => CellWriter.Raw(raw, row, column)),
            Table(
                program.Columns.Select(column => column.Name),
                ids,
                (row, column) => CellWriter.Encoded(program.Columns[column], features, layout, column, row)));
    }

    private static string Table(IEnumerable<string> heads, string[] ids, Func<int, int, string?> cell)
    {
        string[] names = [.. heads];
        var text = new StringBuilder();
        text.Append("id").AppendJoin("", names.Select(name => "," + name)).Append('\n');
        for (int row = 0; row < ids.Length; row++)
        {
            text.Append(CsvText.Quote(ids[row]));
            for (int column = 0; column < names.Length; column++)
            {
                text.Append(',').Append(CsvText.Quote(cell(row, column)));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
