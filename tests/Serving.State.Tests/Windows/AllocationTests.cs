using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

public sealed class AllocationTests
{
    [Fact]
    public void ReadAndWrite_AfterWarmUp_AllocateNothing()
    {
        // The calls that a card has, then any: variances alone may need more than 128 bits.
        Measure(new LogBench(Card()), seed: 3);
        for (int seed = 0; seed < 20; seed++)
        {
            RandomCase random = new(seed);
            if (!random.Log.Readings.Any(reading => reading.Function == WindowFunction.Variance))
            {
                Measure(new LogBench(random.Log, [new EqualNumber(1)]), seed);
            }
        }
    }

    private static void Measure(LogBench bench, int seed)
    {
        RandomCase random = new(seed);
        TestEvent[] events = [.. Enumerable.Range(0, 40).Select(_ => random.Next())];
        if (bench.Log.Columns.Length == 1)
        {
            events = [.. events.Select(one => one with { Columns = [(long)one.Id.Length] })];
        }

        long time = events.Max(one => one.Known);
        byte[] blob = bench.Blob(events);
        byte[] folded = LogBench.Compact(new LogCompactor(bench.Codec), blob, out _);
        RowBatch requests = new(LogBench.RequestSchema);
        requests.AddRow();
        RowBatch values = new(LogBuilder.ValuesOf(bench.Log));
        long before = 0;
        for (int round = 0; round < 4; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            values.Clear();
            values.AddRow();
            bench.Reader.Read(blob, requests, 0, time + round, values, 0);
            bench.Reader.Read(folded, requests, 0, time + round, values, 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static KeyedLog Card()
    {
        LogBuilder builder = new LogBuilder { HoldsIds = false, LateMs = 600_000 }
            .Column("amount", new FieldType(ValueKind.Decimal, Scale: 2));
        foreach (long span in new[] { LogBuilder.Hour, LogBuilder.Day, 7 * LogBuilder.Day })
        {
            builder.Read(WindowFunction.Count, LogBuilder.Last(span));
            builder.Read(WindowFunction.Sum, LogBuilder.Last(span), 0);
            builder.Read(WindowFunction.Max, LogBuilder.Last(span), 0);
        }

        return builder.Build();
    }
}
