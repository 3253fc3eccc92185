using CsCheck;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>The reader against the rules written down a second time, and compacted blobs against uncompacted ones.
/// </summary>
public sealed class WindowEquivalenceTests
{
    private const int EventsMax = 60;

    private const int Rounds = 150;

    [Fact]
    public void Read_RandomLogsAndStreams_EqualsTheNaiveRules() =>
        Gen.Int.Sample(CompareWithNaive, iter: Rounds, threads: 1);

    [Fact]
    public void Read_AfterAnyCompactions_EqualsTheUncompactedBlob() =>
        Gen.Int.Sample(CompareWithCompacted, iter: Rounds, threads: 1);

    [Fact]
    public void Read_AfterAnyCompactionsOfAnOrderedRun_EqualsTheUncompactedBlob() =>
        Gen.Int.Sample(CompareOrdered, iter: Rounds * 2, threads: 1);

    // What an ordered run cuts reaches to the newest known time; a record behind the cut may still repeat an id of
    // before it, for `late` counts from that record on (R44).
    private static void CompareOrdered(int seed)
    {
        RandomCase random = new(seed);
        LogBench bench = new(random.Log, [new EqualNumber(1)]);
        long margin = Math.Max(random.Log.HorizonMs, LogCompactor.UsualMarginMs);
        LogCompactor[] compactors =
            [new(bench.Codec, isOrdered: true), new(bench.Codec, margin, isOrdered: true)];
        TestEvent[] events =
            [.. Enumerable.Range(0, EventsMax).Select(_ => random.Next()).OrderBy(item => item.Known)];
        byte[] blob = bench.NewBlob();
        byte[] compacted = blob;
        foreach (TestEvent next in events)
        {
            byte[] record = bench.Record(next);
            blob = [.. blob, .. record];
            compacted = [.. compacted, .. record];
            if (random.OneIn(5))
            {
                compacted = LogBench.Compact(compactors[random.OneIn(2) ? 0 : 1], compacted, out _);
            }

            if (random.OneIn(3))
            {
                long number = random.RequestNumber();
                (ReadStatus status, string?[] values) = bench.Read(compacted, next.Known, number);
                Assert.Equal(ReadStatus.Ok, status);
                Assert.Equal(bench.Read(blob, next.Known, number).Values, values);
            }
        }
    }

    private static void CompareWithNaive(int seed)
    {
        RandomCase random = new(seed);
        LogBench bench = new(random.Log, [new EqualNumber(1)]);
        var events = new List<TestEvent>();
        byte[] blob = bench.NewBlob();
        for (int step = 0; step < EventsMax; step++)
        {
            TestEvent next = random.Next();
            events.Add(next);
            blob = [.. blob, .. bench.Record(next)];
            if (random.OneIn(8))
            {
                long time = random.ReadTime();
                long number = random.RequestNumber();
                (ReadStatus status, string?[] values) = bench.Read(blob, time, number);
                Assert.Equal(ReadStatus.Ok, status);
                Assert.Equal(NaiveWindows.Read(random.Log, events, time, number), values);
            }
        }
    }

    private static void CompareWithCompacted(int seed)
    {
        RandomCase random = new(seed);
        LogBench bench = new(random.Log, [new EqualNumber(1)]);
        LogCompactor compactor = new(bench.Codec, random.Jitter);
        byte[] blob = bench.NewBlob();
        byte[] compacted = blob;
        for (int step = 0; step < EventsMax; step++)
        {
            byte[] record = bench.Record(random.Next());
            blob = [.. blob, .. record];
            compacted = [.. compacted, .. record];
            if (random.OneIn(5))
            {
                compacted = LogBench.Compact(compactor, compacted, out _);
            }

            if (random.OneIn(4))
            {
                long from = compactor.Describe(compacted).ReadableFromMs ?? long.MinValue;
                long time = random.OneIn(4) && from != long.MinValue ? from : Math.Max(from, random.ReadTime());
                long number = random.RequestNumber();
                (ReadStatus status, string?[] values) = bench.Read(compacted, time, number);
                Assert.Equal(ReadStatus.Ok, status);
                Assert.Equal(bench.Read(blob, time, number).Values, values);
            }
        }
    }
}
