using System.Text;
using CsCheck;
using Serving.Data;
using Xunit;

namespace Serving.Tables.Tests;

public sealed class RoundTripTests : IDisposable
{
    private const string AllTypes =
        "b:bool? i:int f:float? d:d2? e:d9? s:string? t:time? "
        + "lb:[bool]? li:[int]? lf:[float]? ld:[d3]? ls:[string]? lt:[time]?";

    private static readonly RowSchema s_schema = TestTable.Schema(AllTypes);
    private static readonly Gen<RowBatch> s_rows = Gen.Int[0, 30].SelectMany(count => Row().Array[count]).Select(Batch);

    private static readonly int[] s_chunkBytes = [1, 7, 64, 1 << 20];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows.csv", 200)]
    [InlineData("rows.tsv", 100)]
    [InlineData("rows.csv.gz", 30)]
    [InlineData("rows.tsv.gz", 10)]
    [InlineData("rows.jsonl", 200)]
    [InlineData("rows.jsonl.gz", 30)]
    [InlineData("rows.parquet", 8)]
    public void WriteThenRead_AnyRows_GivesTheSameRows(string name, int samples) =>
        Gen.Select(s_rows, s_rows, Gen.Int[0, 3].Select(place => s_chunkBytes[place])).Sample(
            (first, second, chunkBytes) =>
            {
                string[] expected = [.. Lines(first), .. Lines(second)];
                string path = TestTable.WriteFile(_folder.File(Guid.NewGuid() + name), first, second);
                Assert.Equal(expected, TestTable.ReadFile(path, s_schema, o => o with { ChunkBytes = chunkBytes }));
            },
            iter: samples, threads: 1);

    [Fact]
    public void WriteThenRead_Generics_AreTheSameInAllFormats()
    {
        RowBatch rows = Batch([.. Row().Array[300].Single(_ => true, "1IVl0H4XeAg1")]);
        string[] texts = [.. new[] { "a.csv", "b.tsv", "c.jsonl", "d.parquet", "e.csv.gz" }.Select(name =>
            string.Join('\n', TestTable.ReadFile(TestTable.WriteFile(_folder.File(name), rows), s_schema)))];
        Assert.All(texts, text => Assert.Equal(texts[0], text));
        Assert.Equal(5, _folder.Files.Length);
    }

    [Fact]
    public void KeptColumns_ThroughAllFormats_KeepMissingApartFromEmpty()
    {
        RowBatch rows = TestTable.Batch("id:int", ["1"], ["2"], ["3"]);
        RowBatch kept = TestTable.Batch("k:string? l:string?", ["01", "~"], ["", "a,b"], ["~", "\"x\ny"]);
        foreach (string name in new[] { "k.csv", "k.tsv", "k.jsonl", "k.parquet" })
        {
            string path = _folder.File(name);
            using (IRowSink sink = RowWriter.Create(path, rows.Schema, kept.Schema, new RowWriterOptions()))
            {
                sink.Write(sink.Format(rows, kept));
                sink.Complete();
            }

            Assert.Equal(
                ["1||01|~", "2|||a,b", "3||~|\"x\ny"],
                TestTable.ReadFile(_folder.File(name), rows.Schema, o => o with { Keep = ["k", "l"] }));
        }
    }

    [Theory]
    [InlineData("x.csv")]
    [InlineData("x.jsonl.gz")]
    [InlineData("x.parquet")]
    public void Sink_DisposedBeforeItIsComplete_LeavesNothing(string name)
    {
        _folder.File(name, "old");
        RowBatch rows = TestTable.Batch("id:int", ["1"]);

        using (IRowSink sink = RowWriter.Create(_folder.File(name), rows.Schema, null, new RowWriterOptions()))
        {
            sink.Write(sink.Format(rows, null));
            Assert.Equal("old", File.ReadAllText(_folder.File(name)));
        }

        Assert.Equal([name], _folder.Files);
        Assert.Equal("old", File.ReadAllText(_folder.File(name)));
    }

    [Fact]
    public void Format_AfterWarmUp_AllocatesNothing()
    {
        RowBatch rows = Batch([.. Row().Array[50].Single(_ => true, "5BdS_qZ4cfD1")]);
        var options = new RowWriterOptions { Format = TableFormat.Csv, StandardOutput = Stream.Null };
        using IRowSink sink = RowWriter.Create("-", rows.Schema, null, options);
        long allocated = 0;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            sink.Write(sink.Format(rows, null));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The bag of free buffers may keep a few bytes of its own; rows cost none.
        Assert.True(allocated < rows.RowCount, $"{allocated} bytes");
    }

    private static IEnumerable<string> Lines(RowBatch rows) =>
        Enumerable.Range(0, rows.RowCount).Select(row => TestTable.Line(rows, row));

    // One row: a number from which each field's value is drawn, or missing.
    private static Gen<(long Bits, string Text, bool IsMissing)[]> Row() =>
        Gen.Select(
            Gen.OneOf(Gen.Long, Gen.Long[-1000, 1000]),
            Gen.OneOf(
                Gen.String[Gen.Char.AlphaNumeric, 0, 5],
                Gen.String[Gen.Int[0, 12].Select(place => ",\"\n\r\t \\é€{}[]"[place]), 0, 6]),
            Gen.Int[0, 4].Select(number => number == 0)).Array[s_schema.Fields.Length];

    private static RowBatch Batch((long Bits, string Text, bool IsMissing)[][] lines)
    {
        var rows = new RowBatch(s_schema);
        foreach ((long Bits, string Text, bool IsMissing)[] line in lines)
        {
            int row = rows.AddRow();
            for (int field = 0; field < line.Length; field++)
            {
                FieldType type = s_schema.Fields[field].Type;
                if (line[field].IsMissing && type.Optional)
                {
                    continue;
                }

                if (type.Kind == ValueKind.List)
                {
                    FillList(rows, row, field, line[field].Bits, line[field].Text);
                }
                else
                {
                    rows.Set(row, field, Slot(rows, type, line[field].Bits, line[field].Text));
                }
            }
        }

        return rows;
    }

    private static void FillList(RowBatch rows, int row, int field, long bits, string text)
    {
        FieldType type = s_schema.Fields[field].Type;
        rows.BeginList();
        for (int index = 0; index < (int)((ulong)bits % 4); index++)
        {
            rows.AddItem(Slot(rows, type.Element, bits * (index + 1), text));
        }

        rows.EndList(row, field);
    }

    private static long Slot(RowBatch rows, in FieldType type, long bits, string text)
    {
        double number = BitConverter.Int64BitsToDouble(bits);
        return type.Kind switch
        {
            ValueKind.Bool => bits & 1,
            ValueKind.String => rows.AddText(Encoding.UTF8.GetBytes(text)),
            ValueKind.Time => bits % 60_000_000_000_000,
            ValueKind.Float => BitConverter.DoubleToInt64Bits(double.IsFinite(number) ? number + 0.0 : 1.5),
            _ => bits,
        };
    }
}
