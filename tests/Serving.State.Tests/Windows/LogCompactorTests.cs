using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>Single cases of folding; drawn ones are in <see cref="WindowEquivalenceTests"/>.</summary>
public sealed class LogCompactorTests
{
    private const long Start = 1_772_000_000_000;

    // An event with a lag that is delivered at its own time is ahead of its known time, and so must no fold be.
    [Theory]
    [InlineData(0)]
    [InlineData(90_000)]
    [InlineData(7 * LogBuilder.Day)]
    public void Compact_EventsWithLag_LeavesTheBlobReadableNow(long lag)
    {
        LogBench bench = new(new LogBuilder { HasKnown = false, LagMs = lag }
            .Read(WindowFunction.Count, LogBuilder.Last(30 * LogBuilder.Day)).Build());
        LogCompactor compactor = new(bench.Codec);
        byte[] blob = bench.NewBlob();
        for (int number = 0; number < 20; number++)
        {
            long time = Start + (number * LogBuilder.Day);
            blob = [.. blob, .. bench.Record(new TestEvent($"{number}", time, time + lag, []))];
            byte[] folded = LogBench.Compact(compactor, blob, out int removed);
            (ReadStatus status, string?[] values) = bench.Read(folded, time + 1);
            Assert.Equal(ReadStatus.Ok, status);
            Assert.Equal(bench.Read(blob, time + 1).Values, values);
            if (number == 19)
            {
                Assert.InRange(removed, 10, number);
            }
        }
    }
}
