using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Serving.Data;
using Serving.Tables.Files;

namespace Serving.Tables.Parquet;

/// <summary>
/// Writes rows as Parquet through DuckDB: they are appended to a table in a database file beside the result, so that
/// memory stays bounded, and copied out at the end. Any threads copy rows, one appends.
/// </summary>
internal sealed class ParquetRowSink : IRowSink
{
    private readonly RowSchema _schema;
    private readonly RowSchema? _kept;
    private readonly string? _path;
    private readonly string _folder;
    private readonly RowWriterOptions _options;
    private readonly DuckDBConnection _connection;
    private readonly DuckDBAppender _appender;
    private readonly ConcurrentBag<ParquetRows> _free = [];
    private bool _isDisposed;

    private ParquetRowSink(string? path, string folder, RowSchema schema, RowSchema? kept, RowWriterOptions options)
    {
        _path = path;
        _folder = folder;
        _schema = schema;
        _kept = kept;
        _options = options;
        _connection = DuckDb.Open(Path.Combine(folder, "rows.duckdb"));

        // DuckDB's names know no case and ours do, so the table's are numbers.
        DuckDb.Execute(_connection, $"create table rows({string.Join(", ", Fields().Select(
            (field, index) => $"c{index} {ParquetAppend.SqlType(field.Type)}"))})");
        _appender = _connection.CreateAppender("rows");
    }

    /// <summary>Makes the folder beside the result and the table in it.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static ParquetRowSink Create(string path, RowSchema schema, RowSchema? kept, RowWriterOptions options)
    {
        bool isStream = path == TableFormats.StandardStream;
        string folder = isStream
            ? Directory.CreateTempSubdirectory("serving-").FullName
            : Directory.CreateDirectory(OutputFile.TemporaryName(path)).FullName;
        return new ParquetRowSink(isStream ? null : path, folder, schema, kept, options);
    }

    public IFormattedRows Format(RowBatch rows, RowBatch? kept)
    {
        ParquetRows copy = _free.TryTake(out ParquetRows? free) ? free : new ParquetRows(_schema, _kept, _free.Add);
        copy.Rent(rows, kept);
        return copy;
    }

    public void Write(IFormattedRows formatted)
    {
        using var copy = (ParquetRows)formatted;
        for (int row = 0; row < copy.RowCount; row++)
        {
            IDuckDBAppenderRow target = _appender.CreateRow();
            ParquetAppend.Row(target, copy.Rows, row);
            if (copy.Kept is not null)
            {
                ParquetAppend.Row(target, copy.Kept, row);
            }

            target.EndRow();
        }
    }

    public void Complete()
    {
        string file = Path.Combine(_folder, "rows.parquet");
        string columns = string.Join(", ", Fields().Select((field, index) => $"c{index} as {DuckDb.Name(field.Name)}"));
        try
        {
            _appender.Close();
            DuckDb.Execute(
                _connection,
                $"copy (select {columns} from rows) to {DuckDb.Literal(file)} (format parquet, compression zstd)");
        }
        catch (DuckDBException error)
        {
            throw new IOException($"{_path ?? "stdout"} cannot be written: {DuckDb.FirstLine(error)}", error);
        }

        if (_path is not null)
        {
            File.Move(file, _path, overwrite: true);
        }
        else
        {
            using FileStream result = File.OpenRead(file);
            Stream output = OutputFile.Given(_options.StandardOutput);
            result.CopyTo(output);
            output.Flush();
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _appender.Dispose();
        _connection.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<Field> Fields() => _schema.Fields.Concat(_kept?.Fields ?? []);
}
