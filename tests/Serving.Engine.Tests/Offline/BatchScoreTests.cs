using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Offline;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Offline;

public sealed class BatchScoreTests : IDisposable
{
    private static readonly RowSchema Kept = new("kept", [new Field("k", new FieldType(ValueKind.String, true))]);

    private readonly BundleFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OnManyThreads_GivesTheLinesOfOneThreadInOrder()
    {
        BatchScore run = Open();
        var expected = Score(run, 1);
        Assert.Equal("1,0.8181818181818182,4.5,m,1,k1", expected.Lines[0]);
        Assert.Equal(2_000, expected.Lines.Count);
        for (int threads = 2; threads <= 8; threads += 3)
        {
            Assert.Equal(expected.Lines, Score(run, threads).Lines);
        }
    }

    [Fact]
    public void Run_WithoutIdColumn_NumbersTheRows()
    {
        var sink = new TextRowSink();
        BatchScore run = Open();
        OfflineResult result = run.Run(new TextRowSource(run.Input, 40, Fill), sink, new OfflineOptions { Threads = 3 });
        Assert.Equal(Enumerable.Range(1, 40).Select(row => $"{row}"), sink.Lines.Select(line => line.Split(',')[0]));
        Assert.Equal((40, 40), (result.RowsRead, result.RowsWritten));
        Assert.True(sink.IsComplete);
    }

    [Fact]
    public void Run_WithIdColumn_TakesItWhereThereIsOne()
    {
        var sink = new TextRowSink();
        BatchScore run = Open();
        int id = run.Input.IndexOf("id");
        run.Run(
            new TextRowSource(run.Input, 3, (rows, row, number) =>
            {
                Fill(rows, row, number);
                if (number != 2)
                {
                    rows.SetText(row, id, "x"u8);
                }
            }),
            sink,
            new OfflineOptions());
        Assert.Equal(["x", "2", "x"], sink.Lines.Select(line => line.Split(',')[0]));
    }

    // All problems of all chunks in the rows' order, and nothing written.
    [Fact]
    public void Run_WrongRows_ShowsAllProblemsTogether()
    {
        var sink = new TextRowSink();
        BatchScore run = Open();
        var source = new TextRowSource(run.Input, 500, (rows, row, number) =>
        {
            Fill(rows, row, number);
            if (number % 100 == 7)
            {
                throw new InputException(new InputProblem($"row {number}", "x", "y"));
            }
        });
        var exception = Assert.Throws<InputException>(() => run.Run(source, sink, new OfflineOptions { Threads = 4 }));
        Assert.Equal(
            ["row 7", "row 107", "row 207", "row 307", "row 407"], exception.Problems.Select(problem => problem.Place));
        Assert.False(sink.IsComplete);
    }

    [Fact]
    public void Run_SourceThatIsDamaged_EndsWithItsProblem()
    {
        BatchScore run = Open();
        var source = new TextRowSource(run.Input, 500, Fill)
        {
            BeforeChunk = first =>
            {
                if (first > 300)
                {
                    throw new InputException(new InputProblem("byte 9", "a cut file", "a whole one"));
                }
            },
        };
        var exception = Assert.Throws<InputException>(
            () => run.Run(source, new TextRowSink(), new OfflineOptions { Threads = 4 }));
        Assert.Equal("byte 9", exception.Problems.Single().Place);
    }

    [Fact]
    public void Run_FaultOrCancellation_EndsAllThreads()
    {
        BatchScore run = Open();
        var faulty = new TextRowSource(run.Input, 500, (_, _, _) => throw new NotSupportedException("ours"));
        Assert.Throws<NotSupportedException>(() => run.Run(faulty, new TextRowSink(), new OfflineOptions { Threads = 4 }));

        using var cancellation = new CancellationTokenSource();
        var source = new TextRowSource(run.Input, 5_000, Fill)
        {
            BeforeChunk = first =>
            {
                if (first > 1_000)
                {
                    cancellation.Cancel();
                }
            },
        };
        var sink = new TextRowSink();
        Assert.Throws<OperationCanceledException>(
            () => run.Run(source, sink, new OfflineOptions { Threads = 4, Cancellation = cancellation.Token }));
        Assert.False(sink.IsComplete);
    }

    [Fact]
    public void Run_IdThatTheModelDoesNotHold_NamesRowAndColumn()
    {
        BatchScore run = Open();
        var source = new TextRowSource(run.Input, 60, (rows, row, number) => rows.Set(row, 2, number == 55 ? 99 : 1));
        var exception = Assert.Throws<InputException>(() => run.Run(source, new TextRowSink(), new OfflineOptions()));
        Assert.Equal("row 55, column 'mcc'", exception.Problems.Single().Place);
    }

    private BatchScore Open() => new(Bundle.Open(_folder.Pack(), new FakeModelReader()));

    private static TextRowSink Score(BatchScore run, int threads)
    {
        var sink = new TextRowSink();
        run.Run(new TextRowSource(run.Input, 2_000, Fill, Kept), sink, new OfflineOptions { Threads = threads });
        return sink;
    }

    private static void Fill(RowBatch rows, int row, long number)
    {
        rows.SetFloat(row, 0, number % 100 / 8.0);
        if (number % 3 == 0)
        {
            rows.SetFloat(row, 1, number);
        }

        rows.Set(row, 2, number % 10);
    }
}
