using Serving.Data;
using Serving.Tables.Csv;
using Serving.Tables.Files;
using Serving.Tables.JsonLines;
using Serving.Tables.Parquet;

namespace Serving.Tables;

/// <summary>Creates files of rows, whatever their format.</summary>
public static class RowWriter
{
    /// <summary>
    /// Creates a file, or writes to stdout for <c>-</c>. The file appears under its name at
    /// <see cref="IRowSink.Complete"/>.
    /// </summary>
    /// <param name="path">A path whose ending names a format (see <see cref="RowReader.Open"/>), or <c>-</c>.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="kept">Columns behind them, all <c>string?</c>; null for none.</param>
    /// <param name="options">Format and stream for stdout.</param>
    /// <exception cref="InputException">No known format, or a kept column has the name of another.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static IRowSink Create(string path, RowSchema schema, RowSchema? kept, RowWriterOptions options)
    {
        TableFormat format = TableFormats.Of(path, options.Format, out bool isZipped);
        CheckNames(path, schema, kept);
        if (format == TableFormat.Parquet)
        {
            CheckNamesWithoutCase(path, schema, kept);
            return ParquetRowSink.Create(path, schema, kept, options);
        }

        bool isZippedStream = path == TableFormats.StandardStream && options.IsZipped;
        OutputFile? output = null;
        try
        {
            output = OutputFile.Create(path, isZipped || isZippedStream, options.StandardOutput);
            IRowSink sink = format switch
            {
                TableFormat.JsonLines => new JsonLinesRowSink(schema, kept, output),
                TableFormat.Tsv => new CsvRowSink(schema, kept, CsvDialect.Tab, output),
                _ => new CsvRowSink(schema, kept, CsvDialect.Comma, output),
            };
            output = null;
            return sink;
        }
        finally
        {
            output?.Dispose();
        }
    }

    private static void CheckNames(string path, RowSchema schema, RowSchema? kept)
    {
        foreach (Field field in kept?.Fields ?? [])
        {
            if (schema.IndexOf(field.Name) >= 0)
            {
                throw new InputException(new InputProblem(
                    path, $"the column '{field.Name}' twice, as a result and as a kept column",
                    "every column name once",
                    "leave it out of --keep, or rename it in the input"));
            }
        }
    }

    // DuckDB knows no case in names and would write `x_1` for the second of `X` and `x`.
    private static void CheckNamesWithoutCase(string path, RowSchema schema, RowSchema? kept)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Field field in schema.Fields.Concat(kept?.Fields ?? []))
        {
            if (!seen.TryAdd(field.Name, field.Name))
            {
                throw new InputException(new InputProblem(
                    path, $"the columns '{seen[field.Name]}' and '{field.Name}'",
                    "names that differ in more than case, since Parquet is written by DuckDB",
                    "rename one, or write .csv or .jsonl"));
            }
        }
    }
}
