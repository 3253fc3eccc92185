using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;
using Xunit;

namespace Serving.Tables.Tests;

/// <summary>
/// Short ways to read and write rows in tests; a cell is shown as its text, a missing one as <c>~</c>.
/// </summary>
internal static class TestTable
{
    public const string Missing = "~";

    /// <summary>A schema from <c>name:type</c> words; types: bool int float string time dN (decimal), [type].</summary>
    public static RowSchema Schema(string words) =>
        new("r", [.. words.Split(' ').Select(word => new Field(word.Split(':')[0], TypeOf(word.Split(':')[1])))]);

    public static RowReaderOptions Options(int chunkBytes = 1 << 20) => new(new UtcZone()) { ChunkBytes = chunkBytes };

    /// <summary>Reads a text as a file of a format through stdin.</summary>
    public static List<string> Read(
        string text, string schema, TableFormat format = TableFormat.Csv,
        Func<RowReaderOptions, RowReaderOptions>? with = null) =>
        Read(Encoding.UTF8.GetBytes(text), Schema(schema), format, with);

    public static List<string> Read(
        byte[] bytes, RowSchema schema, TableFormat format, Func<RowReaderOptions, RowReaderOptions>? with = null)
    {
        RowReaderOptions options = Options() with { Format = format, StandardInput = new MemoryStream(bytes) };
        using IRowSource source = RowReader.Open("-", schema, with is null ? options : with(options));
        return ReadAll(source);
    }

    public static List<string> ReadFile(
        string path, RowSchema schema, Func<RowReaderOptions, RowReaderOptions>? with = null)
    {
        using IRowSource source = RowReader.Open(path, schema, with is null ? Options() : with(Options()));
        return ReadAll(source);
    }

    /// <summary>All rows, one line per row, cells joined by bars, kept ones behind a double bar.</summary>
    public static List<string> ReadAll(IRowSource source)
    {
        var rows = new RowBatch(source.Schema);
        RowBatch? kept = source.KeptSchema is null ? null : new RowBatch(source.KeptSchema);
        var lines = new List<string>();
        while (source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                Assert.Equal(lines.Count + 1, chunk.FirstRow);
                chunk.Parse(rows, kept);
                lines.AddRange(Enumerable.Range(0, rows.RowCount).Select(row =>
                    Line(rows, row) + (kept is null ? "" : "||" + Line(kept, row))));
            }
        }

        return lines;
    }

    public static string Line(RowBatch rows, int row) =>
        string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(field => Cell(rows, row, field)));

    /// <summary>Writes batches into a file and returns its path.</summary>
    public static string WriteFile(string path, params RowBatch[] batches)
    {
        using IRowSink sink = RowWriter.Create(path, batches[0].Schema, null, new RowWriterOptions());
        foreach (RowBatch rows in batches)
        {
            sink.Write(sink.Format(rows, null));
        }

        sink.Complete();
        return path;
    }

    /// <summary>What writing to stdout gives.</summary>
    public static string Write(RowBatch rows, RowBatch? kept, TableFormat format)
    {
        using var output = new MemoryStream();
        var options = new RowWriterOptions { Format = format, StandardOutput = output };
        using IRowSink sink = RowWriter.Create("-", rows.Schema, kept?.Schema, options);
        using (IFormattedRows formatted = sink.Format(rows, kept))
        {
            sink.Write(formatted);
        }

        sink.Complete();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>A batch from the texts of its cells.</summary>
    public static RowBatch Batch(string schema, params string[][] cells)
    {
        var rows = new RowBatch(Schema(schema));
        var reader = new CellReader(new UtcZone());
        foreach (string[] line in cells)
        {
            int row = rows.AddRow();
            for (int field = 0; field < line.Length; field++)
            {
                if (line[field] != Missing)
                {
                    CellFault fault = reader.Read(
                        Encoding.UTF8.GetBytes(line[field]), rows.Schema.Fields[field].Type, rows, row, field);
                    Assert.Equal(CellFault.None, fault);
                }
            }
        }

        return rows;
    }

    public static FieldType TypeOf(string word)
    {
        bool isOptional = word.EndsWith('?');
        string name = word.TrimEnd('?');
        if (name.StartsWith('['))
        {
            FieldType element = TypeOf(name.Trim('[', ']'));
            return new FieldType(ValueKind.List, isOptional, element.Scale, element.Kind, 8);
        }

        return name[0] == 'd' && char.IsAsciiDigit(name[^1])
            ? new FieldType(ValueKind.Decimal, isOptional, (byte)(name[^1] - '0'))
            : new FieldType(Enum.Parse<ValueKind>(name, ignoreCase: true), isOptional);
    }

    private static string Cell(RowBatch rows, int row, int field)
    {
        if (!rows.IsPresent(row, field))
        {
            return Missing;
        }

        var text = new Utf8Buffer();
        CellWriter.Write(text, rows.Schema.Fields[field].Type, rows.Get(row, field), rows);
        return Encoding.UTF8.GetString(text.Written);
    }

    private sealed class UtcZone : ILocalTimeZone
    {
        public long ToUtcMs(
            int year, int month, int day, int hour, int minute, int second, int ms) =>
            new DateTimeOffset(year, month, day, hour, minute, second, ms, TimeSpan.Zero)
                .ToUnixTimeMilliseconds();
    }
}
