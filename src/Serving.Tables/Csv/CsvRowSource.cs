using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Serving.Data;
using Serving.Tables.Columns;
using Serving.Tables.Files;

namespace Serving.Tables.Csv;

/// <summary>Rows of a file of separated values. One thread takes chunks, any threads parse them.</summary>
internal sealed class CsvRowSource : IRowSource
{
    private readonly ColumnPlan _plan;
    private readonly RowReaderOptions _options;
    private readonly PieceReader _pieces;
    private readonly byte _delimiter;
    private readonly ConcurrentBag<CsvChunk> _free = [];

    private CsvRowSource(ColumnPlan plan, RowReaderOptions options, PieceReader pieces, byte delimiter)
    {
        _plan = plan;
        _options = options;
        _pieces = pieces;
        _delimiter = delimiter;
    }

    public RowSchema Schema => _plan.Schema;

    public RowSchema? KeptSchema => _plan.KeptSchema;

    public double Progress => _pieces.Progress;

    /// <summary>Reads the header and binds its columns to the fields.</summary>
    /// <exception cref="InputException">There is no header, or it does not fit the schema.</exception>
    public static CsvRowSource Open(ColumnPlan plan, RowReaderOptions options, InputFile input, byte delimiter)
    {
        var cutter = new CsvRecordCutter(delimiter);
        var pieces = new PieceReader(plan.Path, input, cutter, options.ChunkBytes);
        ImmutableArray<string> columns = ReadHeader(plan.Path, pieces, delimiter);
        plan.BindTo(columns);
        cutter.SkipsBlankLines = columns.Length > 1;
        return new CsvRowSource(plan, options, pieces, delimiter);
    }

    /// <summary>The columns that a file's head names.</summary>
    /// <exception cref="InputException">There is no header, or it is damaged.</exception>
    public static ImmutableArray<string> ReadHeader(string path, InputFile input, byte delimiter)
    {
        using var pieces = new PieceReader(path, input, new CsvRecordCutter(delimiter), 1);
        return ReadHeader(path, pieces, delimiter);
    }

    public IRowChunk? ReadChunk()
    {
        CsvChunk chunk = _free.TryTake(out CsvChunk? free)
            ? free
            : new CsvChunk(_plan, _options.Zone, _delimiter, _free);
        if (chunk.TryFill(_pieces))
        {
            return chunk;
        }

        chunk.Dispose();
        return null;
    }

    public void Dispose() => _pieces.Dispose();

    private static ImmutableArray<string> ReadHeader(string path, PieceReader pieces, byte delimiter)
    {
        pieces.SkipByteOrderMark();
        byte[] record = pieces.TakeRecord();
        if (record.AsSpan().Trim("\r\n"u8).IsEmpty)
        {
            throw new InputException(new InputProblem(
                $"{path}:1", record.Length == 0 ? "an empty file" : "a blank line",
                "a line with the names of the columns"));
        }

        var names = ImmutableArray.CreateBuilder<string>();
        var problems = new ProblemList();
        var cursor = new CsvCellCursor(record, delimiter);
        do
        {
            cursor.Next();
            ReadOnlySpan<byte> cell = record.AsSpan(cursor.Start, cursor.Length);
            names.Add(NameOf(cell, cursor.HasDoubledQuotes));
            if (cursor.Fault != QuoteFault.None || !Utf8.IsValid(cell))
            {
                problems.Add(new InputProblem(
                    $"{path}:1", $"the name {CellProblems.Quote(cell)} at place {names.Count} of the header",
                    "UTF-8 text, in closed quotes or without"));
            }
        }
        while (!cursor.EndsRecord);
        problems.ThrowIfAny();
        return names.ToImmutable();
    }

    private static string NameOf(ReadOnlySpan<byte> cell, bool hasDoubledQuotes)
    {
        string name = Encoding.UTF8.GetString(cell);
        return hasDoubledQuotes ? name.Replace("\"\"", "\"") : name;
    }
}
