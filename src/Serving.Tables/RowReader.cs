using System.Collections.Immutable;
using Serving.Data;
using Serving.Tables.Columns;
using Serving.Tables.Csv;
using Serving.Tables.Files;
using Serving.Tables.JsonLines;
using Serving.Tables.Parquet;

namespace Serving.Tables;

/// <summary>Opens files of rows for reading, whatever their format; all formats give the same rows.</summary>
public static class RowReader
{
    /// <summary>Opens a file, or stdin for <c>-</c>, as rows of a schema.</summary>
    /// <param name="path">
    /// A path ending in .csv, .csv.gz, .tsv, .tsv.gz, .jsonl, .jsonl.gz or .parquet, or <c>-</c>.
    /// </param>
    /// <param name="schema">Fields to read; columns have their names, after the renames.</param>
    /// <param name="options">Zone, renames, columns to keep and more.</param>
    /// <exception cref="InputException">
    /// No such file, no known format, a damaged head, or a column of a non-optional field is missing.
    /// </exception>
    public static IRowSource Open(string path, RowSchema schema, RowReaderOptions options)
    {
        TableFormat format = TableFormats.Of(path, options.Format, out bool isZipped);
        var plan = new ColumnPlan(path, schema, options);
        if (format == TableFormat.Parquet)
        {
            return ParquetRowSource.Open(path, plan, options);
        }

        InputFile? input = null;
        try
        {
            input = InputFile.Open(path, isZipped || IsZippedStream(path, options), options.StandardInput);
            IRowSource source = format == TableFormat.JsonLines
                ? new JsonLinesRowSource(plan, options, input)
                : CsvRowSource.Open(plan, options, input, DelimiterOf(format));
            input = null;
            return source;
        }
        finally
        {
            input?.Dispose();
        }
    }

    /// <summary>
    /// The columns that a file's head names, in its order: what <c>--rename</c> and reading by order need. JSON lines
    /// have the keys of their first object.
    /// </summary>
    /// <exception cref="InputException">No such file, no known format, or a damaged head.</exception>
    public static ImmutableArray<string> Columns(string path, RowReaderOptions options)
    {
        TableFormat format = TableFormats.Of(path, options.Format, out bool isZipped);
        if (format == TableFormat.Parquet)
        {
            return ParquetRowSource.ReadColumns(path, options);
        }

        using var input = InputFile.Open(path, isZipped || IsZippedStream(path, options), options.StandardInput);
        string name = Path.GetFileName(path);
        return format == TableFormat.JsonLines
            ? JsonLinesHead.Read(name, input)
            : CsvRowSource.ReadHeader(name, input, DelimiterOf(format));
    }

    private static bool IsZippedStream(string path, RowReaderOptions options) =>
        path == TableFormats.StandardStream && options.IsZipped;

    private static byte DelimiterOf(TableFormat format) =>
        format == TableFormat.Tsv ? CsvDialect.Tab : CsvDialect.Comma;
}
