using System.Collections.Concurrent;
using System.Collections.Immutable;
using DuckDB.NET.Data;
using Serving.Data;
using Serving.Tables.Columns;

namespace Serving.Tables.Parquet;

/// <summary>
/// Rows of a Parquet file through DuckDB, fetched as they are read so that memory stays flat. One thread takes chunks;
/// the values are turned there, since DuckDB's reader is not shared.
/// </summary>
internal sealed class ParquetRowSource : IRowSource
{
    private const int RowsPerChunk = 4096;

    private readonly ColumnPlan _plan;
    private readonly ParquetFile _file;
    private readonly DuckDBCommand _command;
    private readonly DuckDBDataReader _reader;
    private readonly ParquetRowFiller _filler;
    private readonly long _rowCount;
    private readonly int _rowsPerChunk;
    private readonly ConcurrentBag<ParquetChunk> _free = [];
    private long _nextRow = 1;
    private bool _isAtEnd;

    private ParquetRowSource(
        ColumnPlan plan, RowReaderOptions options, ParquetFile file, ImmutableArray<ParquetColumn> columns)
    {
        _plan = plan;
        _file = file;
        _rowCount = file.CountRows();
        _rowsPerChunk = Math.Clamp(options.ChunkBytes / 16, 1, RowsPerChunk);
        _filler = new ParquetRowFiller(plan, options.Zone, columns);
        _command = file.Connection.CreateCommand();

        // A file of generated fields alone still has its rows.
        string selected = columns.IsEmpty ? "true" : string.Join(", ", columns.Select(column => column.Sql));
        _reader = DuckDb.Query(_command, $"select {selected} from {DuckDb.Parquet(file.Path)}");
    }

    public RowSchema Schema => _plan.Schema;

    public RowSchema? KeptSchema => _plan.KeptSchema;

    public double Progress => _rowCount == 0 ? 1.0 : Math.Min(1.0, (double)(_nextRow - 1) / _rowCount);

    /// <summary>Opens a file and binds its columns to the fields.</summary>
    /// <exception cref="InputException">No such file, no Parquet file, or its columns do not fit.</exception>
    public static ParquetRowSource Open(string path, ColumnPlan plan, RowReaderOptions options)
    {
        ParquetFile? file = null;
        try
        {
            file = ParquetFile.Open(path, options.StandardInput);
            ImmutableArray<(string Name, string Type)> columns = file.Columns();
            plan.BindTo([.. columns.Select(column => column.Name)]);
            var source = new ParquetRowSource(plan, options, file, Choose(plan, columns));
            file = null;
            return source;
        }
        catch (DuckDBException error)
        {
            throw ParquetFile.Refuse(plan.Path, error);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>The columns of a file in its order.</summary>
    /// <exception cref="InputException">No such file or no Parquet file.</exception>
    public static ImmutableArray<string> ReadColumns(string path, RowReaderOptions options)
    {
        using var file = ParquetFile.Open(path, options.StandardInput);
        try
        {
            return [.. file.Columns().Select(column => column.Name)];
        }
        catch (DuckDBException error)
        {
            throw ParquetFile.Refuse(path, error);
        }
    }

    public IRowChunk? ReadChunk()
    {
        ParquetChunk chunk = _free.TryTake(out ParquetChunk? free) ? free : new ParquetChunk(_plan, _free.Add);
        chunk.Rent(_nextRow);
        try
        {
            while (chunk.Rows.RowCount < _rowsPerChunk && !_isAtEnd)
            {
                _isAtEnd = !_reader.Read();
                if (!_isAtEnd)
                {
                    _filler.Fill(_reader, chunk, _nextRow++);
                }
            }
        }
        catch (DuckDBException error)
        {
            throw ParquetFile.Refuse($"{_plan.Path} row {_nextRow}", error);
        }

        if (chunk.Rows.RowCount > 0)
        {
            return chunk;
        }

        chunk.Dispose();
        return null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _command.Dispose();
        _file.Dispose();
    }

    private static ImmutableArray<ParquetColumn> Choose(
        ColumnPlan plan, ImmutableArray<(string Name, string Type)> columns)
    {
        var problems = new ProblemList();
        var chosen = ImmutableArray.CreateBuilder<ParquetColumn>();
        foreach (ColumnTarget target in plan.Targets)
        {
            (string name, string type) = columns[target.Column];
            bool canBeList = type.EndsWith("[]", StringComparison.Ordinal) || type == "VARCHAR";
            if (target.Type.Kind == ValueKind.List && !canBeList)
            {
                problems.Add(new InputProblem($"{plan.Path}, column '{name}'", type, target.Type.ToString()));
            }

            chosen.Add(ParquetColumn.Of(target, name, type));
        }

        problems.ThrowIfAny();
        return chosen.ToImmutable();
    }
}
