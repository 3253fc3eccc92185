using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>Calls worked out by hand; times are seconds behind 2026-03-02T10:00:00Z.</summary>
public sealed class WindowReaderTests
{
    private const long Base = 1_772_445_600_000;
    private const int Amount = 0;

    // Amounts in cents at second 0, 10, 10 (two ids of one time) and 3000.
    private static readonly TestEvent[] Four =
        [At("b", 0, 100), At("d", 10, 250), At("c", 10, -50), At("e", 3000, 700)];

    public static readonly TheoryData<string, long, long, string?> Table = new()
    {
        // call, span in seconds, request at second, value
        { "count", 3600, 3001, "4" },
        { "count", 3600, 3000, "3" },
        { "count", 3600, 10, "1" },
        { "count", 3600, 0, "0" },
        { "sum", 3600, 3001, "10.00" },
        { "sum", 3600, 0, "0.00" },
        { "mean", 3600, 11, "1" },
        { "mean", 3600, 0, null },
        { "var", 3600, 11, "1.5" },
        { "var", 3600, 1, "0" },
        { "var", 3600, 0, null },
        { "min", 3600, 3001, "-0.50" },
        { "max", 3600, 3001, "7.00" },
        { "max", 3600, 0, null },
        { "first", 3600, 3001, "1.00" },
        { "last", 3600, 11, "2.50" },
        { "last", 3600, 10, "1.00" },
        { "first", 120, 125, "-0.50" },
        { "any", 3600, 0, "false" },
        { "any", 3600, 1, "true" },
        { "seconds", 3600, 11, "1" },
        { "seconds", 3600, 3003, "3" },
        { "seconds", 3600, 0, null },

        // The old edge is rounded down to the step, 1 s for two minutes (R48, R49).
        { "count", 120, 130, "2" },
        { "count", 120, 131, "0" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Read_FourEvents_GivesTheValueWorkedOutByHand(string call, long span, long second, string? expected)
    {
        WindowFunction function = call switch
        {
            "var" => WindowFunction.Variance,
            "seconds" => WindowFunction.SecondsSinceLast,
            _ => Enum.Parse<WindowFunction>(call, ignoreCase: true),
        };
        bool hasArgument = function is not (WindowFunction.Count or WindowFunction.Any
            or WindowFunction.SecondsSinceLast);
        LogBench bench = new(Log().Read(function, LogBuilder.Last(span * 1000), hasArgument ? Amount : -1).Build());

        (ReadStatus status, string?[] values) = bench.Read(bench.Blob(Four), Base + (second * 1000));

        Assert.Equal(ReadStatus.Ok, status);
        Assert.Equal(expected, Assert.Single(values));
    }

    [Fact]
    public void Read_EmptyBlob_IsAnEntityWithoutEvents()
    {
        LogBench bench = AllCalls();

        (ReadStatus status, string?[] values) = bench.Read([], Base);

        Assert.Equal(ReadStatus.Ok, status);
        Assert.Equal(["0", "0.00", null, null, null, null, null, null, null, "false", null, "0", "0", "0"], values);
    }

    [Fact]
    public void WriteNoKey_AllCalls_AreMissing()
    {
        LogBench bench = AllCalls();
        RowBatch values = new(LogBuilder.ValuesOf(bench.Log));
        values.AddRow();
        foreach (WindowReading reading in bench.Log.Readings)
        {
            values.Set(0, reading.Slot, 1);
        }

        bench.Reader.WriteNoKey(values, 0);

        Assert.All(bench.Log.Readings, reading => Assert.False(values.IsPresent(0, reading.Slot)));
    }

    // Golden case hand/decay-tiles: both events of 10:00 count from 10:00:00.
    [Fact]
    public void Read_DecayOverMinutes_TakesTilesFromTheirFirstMillisecond()
    {
        WindowBounds hour = LogBuilder.Last(LogBuilder.Hour, step: LogBuilder.Minute);
        LogBench bench = new(Log()
            .Read(WindowFunction.DecaySum, hour, Amount, halfLife: LogBuilder.Minute)
            .Read(WindowFunction.DecayCount, hour, halfLife: LogBuilder.Minute)
            .Build());
        byte[] blob = bench.Blob(At("a", 10, 100), At("b", 50, 200), At("c", 60, 100));

        Assert.Equal(["0.5612310241546865", "0.5612310241546865"], bench.Read(blob, Base + 50_000).Values);
        Assert.Equal(["1.5", "1"], bench.Read(blob, Base + 60_000).Values);
        Assert.Equal(["1.25", "1"], bench.Read(blob, Base + 120_000).Values);
    }

    // Golden case hand/edge-delay: the young edge is floored to the hour, open.
    [Theory]
    [InlineData(10_799, "2")]
    [InlineData(10_800, "3")]
    public void Read_DelayOfAnHour_EndsAtTheHour(long second, string expected)
    {
        LogBench bench = new(Log().Read(
            WindowFunction.Count, LogBuilder.Last(LogBuilder.Day, LogBuilder.Hour)).Build());
        byte[] blob = bench.Blob(At("a", 0, 1), At("b", 3540, 1), At("c", 3600, 1), At("d", 9000, 1));

        Assert.Equal([expected], bench.Read(blob, Base + (second * 1000)).Values);
    }

    // Golden case hand/now-keep: raw calls see the latest two events, other calls all.
    [Fact]
    public void Read_KeepTwo_LooksAtTheLatestTwo()
    {
        WindowBounds hour = LogBuilder.Last(LogBuilder.Hour);
        LogBuilder builder = Log().Column("n", new FieldType(ValueKind.Int));
        builder.Conditions = 1;
        builder
            .Read(WindowFunction.Count, hour, keep: 2, condition: 0)
            .Read(WindowFunction.Count, hour)
            .Read(WindowFunction.Distinct, hour, Amount, keep: 2);
        LogBench bench = new(builder.Build(), [new EqualNumber(1)]);
        TestEvent[] events = [With("0", 0, 100), With("1", 1, 200), With("2", 2, 100), With("3", 3, 100)];
        string[][] expected = [["0", "0", "0"], ["0", "1", "1"], ["1", "2", "2"], ["1", "3", "2"], ["2", "4", "1"]];
        long[] numbers = [100, 200, 100, 100, 100];

        for (int row = 0; row < expected.Length; row++)
        {
            byte[] blob = bench.Blob(events[..row]);
            Assert.Equal(expected[row], bench.Read(blob, Base + (row * 1000), numbers[row]).Values);
        }

        static TestEvent With(string id, long second, long cents) =>
            new(id, Base + (second * 1000), Base + (second * 1000), [cents, cents]);
    }

    [Fact]
    public void Read_WindowWhere_ChoosesTheKeptEventsAndTheCallsWhereDoesNot()
    {
        WindowBounds hour = LogBuilder.Last(LogBuilder.Hour);
        LogBench bench = new(Log()
            .Column("w", new FieldType(ValueKind.Bool))
            .Read(WindowFunction.Distinct, hour, Amount, where: 1, keep: 2)
            .Read(WindowFunction.Distinct, hour, Amount, keep: 2, callWhere: 1)
            .Build());
        TestEvent[] events =
            [With("a", 1, 1, true), With("b", 2, 2, true), With("c", 3, 3, false), With("d", 4, 4, false)];

        Assert.Equal(["2", "0"], bench.Read(bench.Blob(events), Base + 5000).Values);

        static TestEvent With(string id, long second, long cents, bool where) =>
            new(id, Base + (second * 1000), Base + (second * 1000), [cents, where]);
    }

    // Golden case hand/known: an event counts from its known time on, itself included.
    [Theory]
    [InlineData(1799, "0")]
    [InlineData(1800, "1")]
    public void Read_EventKnownLater_CountsFromThenOn(long second, string expected)
    {
        LogBench bench = new(Log().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Day)).Build());
        byte[] blob = bench.Blob(new TestEvent("p", Base - 3_600_000, Base + 1_800_000, [1L]));

        Assert.Equal([expected], bench.Read(blob, Base + (second * 1000)).Values);
    }

    [Theory]
    [InlineData(600, "1")]
    [InlineData(601, "2")]
    public void Read_RepeatedId_IsOneEventUntilLateHasPassed(long second, string expected)
    {
        LogBench bench = new(new LogBuilder { LateMs = 600_000 }
            .Column("amount", new FieldType(ValueKind.Decimal, Scale: 2))
            .Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Day)).Build());
        byte[] blob = bench.Blob(At("a", 0, 1), At("a", second, 1));

        Assert.Equal([expected], bench.Read(blob, Base + 1_000_000).Values);
    }

    [Theory]
    [InlineData(4096, "4098")]
    [InlineData(4095, "4096")]
    public void Read_RepetitionBehindManyOthers_IsFoundAmongTheLast4096(int others, string expected)
    {
        LogBench bench = new(Log().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Day)).Build());
        IEnumerable<TestEvent> between = Enumerable.Range(0, others).Select(
            index => At("n" + index.ToString(CultureInfo.InvariantCulture), 1, 1));
        byte[] blob = bench.Blob([At("a", 0, 1), .. between, At("a", 2, 1)]);

        Assert.Equal([expected], bench.Read(blob, Base + 10_000).Values);
    }

    // Golden case hand/sum-saturates: the accumulator is wide, only the result saturates.
    [Fact]
    public void Read_SumBeyond64Bits_SaturatesAndIsCounted()
    {
        LogBench bench = new(new LogBuilder()
            .Column("n", new FieldType(ValueKind.Int))
            .Read(WindowFunction.Sum, LogBuilder.Last(LogBuilder.Hour), 0)
            .Read(WindowFunction.Mean, LogBuilder.Last(LogBuilder.Hour), 0).Build());
        TestEvent[] events = [At("a", 0, long.MaxValue), At("b", 1, long.MaxValue), At("c", 2, long.MinValue)];

        byte[] two = bench.Blob(events[..2]);
        Assert.Equal(["9223372036854775807", "9.223372036854776E+18"], bench.Read(two, Base + 5000).Values);
        Assert.Equal(1, bench.Reader.SaturatedSums);
        byte[] all = bench.Blob(events);
        Assert.Equal(["9223372036854775806", "3.0744573456182584E+18"], bench.Read(all, Base + 5000).Values);
    }

    [Fact]
    public void Read_FloatBeyondTheRangeOfSums_IsClampedAndCounted()
    {
        LogBench bench = new(new LogBuilder()
            .Column("f", new FieldType(ValueKind.Float))
            .Read(WindowFunction.Sum, LogBuilder.Last(LogBuilder.Hour), 0)
            .Read(WindowFunction.Max, LogBuilder.Last(LogBuilder.Hour), 0).Build());
        byte[] blob = bench.Blob(new TestEvent("a", Base, Base, [1e300]), new TestEvent("b", Base, Base, [0.25]));

        Assert.Equal(["3.961408125713217E+22", "1E+300"], bench.Read(blob, Base + 1).Values);
        Assert.Equal(1, bench.Reader.ClampedFloats);
    }

    [Fact]
    public void Read_RequestBeforeWhatWasFolded_IsTooOld()
    {
        LogBench bench = new(Log().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Hour)).Build());
        LogCompactor compactor = new(bench.Codec);
        byte[] blob = LogBench.Compact(compactor, bench.Blob(At("a", 0, 1), At("b", 10, 1)), out int removed);

        Assert.Equal(1, removed);
        Assert.Equal(Base + 1, compactor.Describe(blob).ReadableFromMs);
        Assert.Equal((ReadStatus.TooOld, null), Single(bench.Read(blob, Base)));
        Assert.Equal((ReadStatus.Ok, "1"), Single(bench.Read(blob, Base + 1)));

        static (ReadStatus, string?) Single((ReadStatus Status, string?[] Values) read) =>
            (read.Status, Assert.Single(read.Values));
    }

    // Cents at second 0 (a) and 10 (b); with a fold, a is known by its id and time alone.
    [Theory]
    [InlineData("c", 11, 100, false, Repetition.None)]
    [InlineData("a", 0, 100, false, Repetition.Same)]
    [InlineData("a", 0, 200, false, Repetition.Conflict)]
    [InlineData("a", 1, 100, false, Repetition.Conflict)]
    [InlineData("b", 10, -50, true, Repetition.Same)]
    [InlineData("b", 10, 50, true, Repetition.Conflict)]
    [InlineData("a", 0, 100, true, Repetition.Same)]
    [InlineData("a", 0, 200, true, Repetition.Same)]
    [InlineData("a", 1, 100, true, Repetition.Conflict)]
    [InlineData("a", 200_000, 100, false, Repetition.None)]
    public void Judge_AnEventBehindTwo_IsToldFromARepetition(
        string id, long second, long cents, bool isFolded, Repetition expected)
    {
        LogBench bench = new(Log().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Hour)).Build());
        byte[] blob = bench.Blob(At("a", 0, 100), At("b", 10, -50));
        if (isFolded)
        {
            blob = LogBench.Compact(new LogCompactor(bench.Codec), blob, out int removed);
            Assert.Equal(1, removed);
        }

        byte[] record = bench.Record(At(id, second, cents));
        ulong hash = System.IO.Hashing.XxHash64.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(id));
        Repetition found = bench.Reader.Judge(blob, hash, Base + (second * 1000), record);

        Assert.Equal(expected, found);
        Assert.True(WindowReader.MayHold(blob, hash) || found == Repetition.None);
    }

    [Fact]
    public void Judge_DamagedOrOverfullBlob_KnowsNothing()
    {
        LogBench bench = new(Log().Read(WindowFunction.Count, LogBuilder.Last(LogBuilder.Day)).Build());
        byte[] record = bench.Record(At("z", 1, 1));
        byte[] blob = bench.Blob(At("a", 0, 100));
        blob[^1] ^= 1;
        Assert.Equal(Repetition.Unknown, bench.Reader.Judge(blob, 1, Base, record));

        byte[] full = bench.Blob(Enumerable.Range(0, 4097).Select(
            index => At("n" + index.ToString(CultureInfo.InvariantCulture), 1, 1)));
        Assert.Equal(Repetition.Unknown, bench.Reader.Judge(full, 1, Base + 5000, record));
    }

    private static LogBuilder Log() => new LogBuilder()
        .Column("amount", new FieldType(ValueKind.Decimal, Scale: 2));

    private static TestEvent At(string id, long second, long cents) =>
        new(id, Base + (second * 1000), Base + (second * 1000), [cents]);

    private static LogBench AllCalls()
    {
        LogBuilder builder = Log();
        WindowBounds hour = LogBuilder.Last(LogBuilder.Hour);
        ImmutableArray<WindowFunction> arguments =
        [
            WindowFunction.Sum, WindowFunction.Mean, WindowFunction.Variance, WindowFunction.Min, WindowFunction.Max,
            WindowFunction.First, WindowFunction.Last, WindowFunction.SecondsSinceLast, WindowFunction.Any,
            WindowFunction.Share,
        ];
        builder.Read(WindowFunction.Count, hour);
        foreach (WindowFunction function in arguments)
        {
            bool hasNone = function >= WindowFunction.SecondsSinceLast;
            builder.Read(function, hour, hasNone ? -1 : Amount);
        }

        builder.Read(WindowFunction.Distinct, hour, Amount, keep: 3);
        builder.Read(WindowFunction.DecaySum, hour, Amount, halfLife: 1000);
        builder.Read(WindowFunction.DecayCount, hour, halfLife: 1000);
        return new LogBench(builder.Build());
    }
}
