using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Predictions.Log.Exports;
using Serving.Tables;

namespace Serving.Cli.LogTools;

/// <summary>Reads labels: a table of ids, values, and when they came.</summary>
internal static class LabelFile
{
    private const string Id = "id";
    private const string Value = "label";
    private const string Known = "known";

    /// <summary>Adds all labels of a file.</summary>
    /// <param name="console">Notices go to its stderr.</param>
    /// <param name="file">The table.</param>
    /// <param name="columns">Columns of the label and, or null, of when it came.</param>
    /// <param name="renames">What <c>--rename</c> says.</param>
    /// <param name="format">What <c>--format</c> says.</param>
    /// <param name="labels">Receives them.</param>
    /// <exception cref="InputException">A row is wrong; holds all problems of a piece of the file.</exception>
    public static void Read(
        CommandConsole console, string file, (string Label, string? Known) columns, string[]? renames, string? format,
        LogLabels labels)
    {
        bool hasKnown = columns.Known is not null;
        var fields = ImmutableArray.Create(
            new Field(Id, new FieldType(ValueKind.String)),
            new Field(Value, new FieldType(ValueKind.String, Optional: true)));
        var schema = new RowSchema(
            "label", hasKnown ? fields.Add(new Field(Known, new FieldType(ValueKind.Time, Optional: true))) : fields);
        string[] known = hasKnown ? [$"{Known}={columns.Known}"] : [];
        string[] all = [.. renames ?? [], $"{Value}={columns.Label}", .. known];
        using IRowSource source = RowReader.Open(
            InputPath.Rows(file), schema, TableInput.Options(console, file, ZoneTable.Utc, format, all, null, ""));
        var rows = new RowBatch(schema);
        while (source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                chunk.Parse(rows, null);
                for (int row = 0; row < rows.RowCount; row++)
                {
                    Add(file, chunk.FirstRow + row, rows, row, hasKnown, labels);
                }
            }
        }
    }

    private static void Add(string file, long number, RowBatch rows, int row, bool hasKnown, LogLabels labels)
    {
        if (!rows.IsPresent(row, 1))
        {
            return;
        }

        string text = Encoding.UTF8.GetString(rows.GetText(row, 1));
        double value = text switch
        {
            "true" or "True" => 1,
            "false" or "False" => 0,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed)
                ? parsed
                : double.NaN,
        };
        if (!double.IsFinite(value))
        {
            throw new InputException(new InputProblem(
                $"{file} row {number}, label", $"'{text}'", "a number, true or false"));
        }

        long known = hasKnown && rows.IsPresent(row, 2) ? rows.Get(row, 2) : labels.AsOf;
        labels.Add(Encoding.UTF8.GetString(rows.GetText(row, 0)), new LogLabel(value, known));
    }
}
