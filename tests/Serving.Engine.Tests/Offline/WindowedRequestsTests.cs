using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Offline;
using Serving.Engine.Offline.Feeds;
using Serving.Engine.Tests.Fakes;
using Serving.Features;
using Xunit;

namespace Serving.Engine.Tests.Offline;

/// <summary>However rows come, are cut, split and sorted, the results are those of the oracle, in file order.</summary>
public sealed class WindowedRequestsTests
{
    private const int Count = 1_200;

    public static TheoryData<bool, int, int, int, long> Ways() => new()
    {
        { false, 64, 1, 1, 1 << 30 },
        { false, 7, 2, 3, 1 << 30 },
        { false, 500, 3, 16, 1 << 30 },
        { true, 64, 2, 4, 1 << 30 },
        { true, 3, 1, 1, 1 << 30 },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_OrderedFiles_GivesWhatTheOracleGives(
        bool isDelayed, int chunkRows, int threads, int partitions, long memoryBytes)
    {
        var data = new Data(isDelayed, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);
        Assert.Equal(
            data.Run(64, new OfflineOptions { Threads = 1 }, usesOracle: true),
            data.Run(chunkRows, new OfflineOptions { Threads = threads }, false, partitions, memoryBytes));
        Assert.Equal(1, data.SinkCount);
    }

    [Theory]
    [InlineData(false, 1L << 30)]
    [InlineData(false, 4_000L)]
    [InlineData(true, 4_000L)]
    public void Run_ShuffledFiles_GivesTheSameRowsInTheOrderOfTheFile(bool isDelayed, long memoryBytes)
    {
        var ordered = new Data(isDelayed, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);

        // Rows of one time keep their order: it decides which of two equal ids is the repetition (R44).
        int[] requests = Shuffled(5, Count, row => ordered.Requests.Get(row, 1));
        int[] events = Shuffled(6, Count, row => ordered.Backs.Get(row, 2));
        var shuffled = new Data(isDelayed, requests, events);
        List<string> lines = ordered.Run(64, new OfflineOptions { Threads = 2 });
        Assert.Equal(
            requests.Select(row => lines[row]),
            shuffled.Run(50, new OfflineOptions { Threads = 2 }, false, 2, memoryBytes));
        Assert.InRange(shuffled.SinkCount, 2, 4);
        Assert.Equal(
            requests.Select(row => lines[row]),
            shuffled.Run(50, new OfflineOptions { Threads = 2 }, false, 2, memoryBytes, mayBeginAgain: false));
    }

    [Fact]
    public void Run_FromUntil_KeepsThePastOfTheRequests()
    {
        var data = new Data(false, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);
        var all = new OfflineOptions { Threads = 2 };
        var some = all with { FromMs = data.Requests.Get(500, 1), UntilMs = data.Requests.Get(900, 1) };
        List<string> expected =
        [
            .. data.Run(64, all).Where((_, row) =>
                data.Requests.Get(row, 1) >= some.FromMs && data.Requests.Get(row, 1) < some.UntilMs),
        ];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, data.Run(64, some));
        Assert.Equal(expected, data.Run(64, some, usesOracle: true));
    }

    [Fact]
    public void Run_EventsThatEnterNoWindow_AreCounted()
    {
        var data = new Data(false, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);
        data.Run(64, new OfflineOptions { Threads = 2 });
        AdmissionCounts counts = data.Result!.Admissions["back"];
        Assert.InRange(counts.Late, 1, Count);
        Assert.InRange(counts.Future, 0, Count);
        Assert.Equal(0, counts.WithoutKey);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_JoinedRows_HaveTheLabelsOfTheOracle(bool isShuffled)
    {
        var ordered = new Data(false, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);
        int[] requests = isShuffled
            ? Shuffled(5, Count, row => ordered.Requests.Get(row, 1))
            : [.. Enumerable.Range(0, Count)];
        var data = new Data(false, requests, [.. Enumerable.Range(0, Count)]);
        List<string> expected = data.Joined(usesOracle: true);
        Assert.Contains(expected, line => line.EndsWith(",1", StringComparison.Ordinal));
        Assert.Contains(expected, line => line.EndsWith(",0", StringComparison.Ordinal));
        Assert.Equal(expected, data.Joined(usesOracle: false));
    }

    [Fact]
    public void Fit_LabelsBeyondTheMemory_AreRefused()
    {
        var data = new Data(false, [.. Enumerable.Range(0, Count)], [.. Enumerable.Range(0, Count)]);
        InputException refused = Assert.Throws<InputException>(() => data.Joined(false, memoryBytes: 10_000));
        Assert.Contains("--memory", refused.Message, StringComparison.Ordinal);
    }

    private static int[] Shuffled(int seed, int count, Func<int, long> keyOf)
    {
        var random = new Random(seed);
        int[] places = [.. Enumerable.Range(0, count)];
        random.Shuffle(places);

        // Rows of equal keys are put into the places that they have together in their own order.
        int[] result = new int[count];
        foreach (IGrouping<long, int> group in Enumerable.Range(0, count).GroupBy(keyOf))
        {
            foreach ((int row, int place) in group.Zip(group.Select(row => places[row]).Order()))
            {
                result[place] = row;
            }
        }

        return result;
    }

    private sealed class Data
    {
        private readonly FeatureScript _script;
        private readonly int[] _requestOrder;
        private readonly int[] _eventOrder;

        public Data(bool isDelayed, int[] requestOrder, int[] eventOrder)
        {
            _script = WindowScript.Compile(isDelayed);
            _requestOrder = requestOrder;
            _eventOrder = eventOrder;
            Requests = WindowScript.Requests(_script, Count);
            Backs = WindowScript.Backs(_script, Count);
        }

        public RowBatch Requests { get; }

        public RowBatch Backs { get; }

        /// <summary>Sinks that the last run made.</summary>
        public int SinkCount { get; private set; }

        public OfflineResult? Result { get; private set; }

        public List<string> Run(
            int chunkRows,
            OfflineOptions options,
            bool usesOracle = false,
            int partitions = 0,
            long memoryBytes = 1 << 30,
            bool mayBeginAgain = true)
        {
            FeatureProgram program = usesOracle
                ? FeatureProgram.CreateInterpreter(_script, null)
                : FeatureProgram.Create(_script, null);
            SinkCount = 0;
            TextRowSink? sink = null;
            OfflineFiles files = Files(chunkRows, partitions, memoryBytes) with { MayBeginAgain = mayBeginAgain };
            Result = new FeatureRun(program, raw: true).Run(
                files,
                _ =>
                {
                    SinkCount++;
                    return sink = new TextRowSink();
                },
                options,
                usesOracle);
            Assert.True(sink!.IsComplete);
            return sink.Lines;
        }

        public List<string> Joined(bool usesOracle, long memoryBytes = 1 << 30)
        {
            var requests = new WindowedRequests(
                _script,
                _script.Request,
                Files(64, 2, memoryBytes),
                new OfflineOptions { Threads = 2 },
                isJoined: true,
                usesOracle: usesOracle);
            return requests.Run(open =>
            {
                using IRowSource source = open();
                Assert.Equal(new JoinedRows(_script).Schema.Fields, source.Schema.Fields);
                var rows = new RowBatch(source.Schema);
                var sink = new TextRowSink();
                while (source.ReadChunk() is { } chunk)
                {
                    using (chunk)
                    {
                        chunk.Parse(rows, null);
                        sink.Write(sink.Format(rows, null));
                    }
                }

                return sink.Lines;
            });
        }

        private OfflineFiles Files(int chunkRows, int partitions, long memoryBytes) => new()
        {
            Openers = ImmutableDictionary<string, RowOpener>.Empty
                .Add("txn", (_, _) => new BatchRowSource(Requests, _requestOrder, chunkRows))
                .Add("back", (_, _) => new BatchRowSource(Backs, _eventOrder, chunkRows + 3)),
            MemoryBytes = memoryBytes,
            SpillFolder = Path.GetTempPath(),
            PartitionCount = partitions,
        };
    }
}
