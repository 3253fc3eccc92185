using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>A log and a stream made from a number: all calls and options, ties, repetitions, late events, extremes.
/// </summary>
internal sealed class RandomCase
{
    private const int Amount = 0;
    private const int Number = 1;
    private const int Real = 2;
    private const int Text = 3;
    private const int Where = 4;
    private const int Both = 5;
    private const int Moment = 6;
    private const int Tags = 7;
    private const int Flag = 8;

    private static readonly long[] Spans =
        [10_000, LogBuilder.Minute, 5 * LogBuilder.Minute, LogBuilder.Hour, 90 * LogBuilder.Minute, LogBuilder.Day, -1];

    private static readonly long[] Steps =
        [0, 0, 0, 1, 1000, LogBuilder.Minute, 15 * LogBuilder.Minute, 20 * LogBuilder.Minute, LogBuilder.Hour,
            6 * LogBuilder.Hour];

    private static readonly long[] Delays = [0, 0, 0, 30_000, 90_000, LogBuilder.Hour];
    private static readonly long[] Lates = [-1, 1000, 10 * LogBuilder.Minute, 2 * LogBuilder.Day];
    private static readonly long[] Advances = [0, 1, 500, 3000, LogBuilder.Minute, 20 * LogBuilder.Minute, 10_800_000];
    private static readonly long[] Distances = [0, 0, 1000, 5 * LogBuilder.Minute, 2 * LogBuilder.Hour, -1, -5000];
    private static readonly long[] Bases =
        [1_772_000_000_000, 1_772_000_000_000, 0, -5_000_000_000_000, long.MaxValue - 1_000_000_000_000,
            long.MinValue + 1_000_000_000_000];

    private static readonly double[] Reals =
        [0.0, 0.1, -1.5, 1e300, -1e300, 5e-324, 1234567.891, 0.0000005, 2e22, double.MaxValue];

    private static readonly string[] Texts = ["", "p", "é", "P", "a longer text that no short field holds"];

    private static readonly WindowFunction[] Functions = Enum.GetValues<WindowFunction>();

    private readonly Random _random;
    private readonly int _numbers;
    private long _clock;

    public RandomCase(int seed)
    {
        _random = new Random(seed);
        Jitter = _random.Next(3) == 0 ? 2000 : 0;

        // One log in three has nothing but numbers that are never missing, which have a way of their own.
        _numbers = _random.Next(3) == 0 ? _random.Next(3) : -1;
        Log = _numbers >= 0 ? MakePlainLog() : MakeLog();
        _clock = Pick(Bases);
    }

    public KeyedLog Log { get; }

    /// <summary>How far behind the newest known time an event may still arrive.</summary>
    public long Jitter { get; }

    /// <summary>The next event of the stream.</summary>
    public TestEvent Next()
    {
        _clock += Pick(Advances);
        long known = _clock - (Jitter == 0 ? 0 : _random.NextInt64(Jitter + 1));
        long time = known - Pick(Distances);
        if (_random.Next(3) == 0)
        {
            time -= time % 1000;
        }

        bool where = _random.Next(2) == 0;
        string id = _random.Next(40).ToString(CultureInfo.InvariantCulture);
        bool isText = Log.Event.Schema.Fields[0].Type.Kind == ValueKind.String;
        if (_numbers >= 0)
        {
            object?[] numbers = [NumberOrExtreme(), RealOrExtreme()];
            return new TestEvent(isText ? "q" + id : id, time, known, numbers[.._numbers]);
        }

        return new TestEvent(isText ? "q" + id : id, time, known,
        [
            Maybe(_random.NextInt64(-500, 100_000)), NumberOrExtreme(), Maybe(RealOrExtreme()), Maybe(Pick(Texts)),
            where, where && _random.Next(2) == 0, Maybe(time - 5), Maybe(RandomTags()), Maybe(_random.Next(2) == 0),
        ]);
    }

    /// <summary>A time at which to read, near the stream's clock or far ahead of it.</summary>
    public long ReadTime() => _clock + (_random.Next(4) == 0 ? Pick(Advances) * _random.Next(1, 30) : _random.Next(3));

    /// <summary>A number of the request.</summary>
    public long RequestNumber() => _random.Next(4);

    /// <summary>Whether one in so many happens.</summary>
    public bool OneIn(int many) => _random.Next(many) == 0;

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private object? Maybe(object value) => _random.Next(5) == 0 ? null : value;

    private long NumberOrExtreme() => _random.Next(12) switch
    {
        0 => long.MaxValue,
        1 => long.MinValue,
        _ => _random.Next(4),
    };

    private double RealOrExtreme() => _random.Next(3) == 0 ? Pick(Reals) : _random.NextDouble() * 1000;

    private long[] RandomTags()
    {
        long[] tags = new long[_random.Next(4)];
        for (int index = 0; index < tags.Length; index++)
        {
            tags[index] = _random.Next(-2, 3);
        }

        return tags;
    }

    private KeyedLog MakeLog()
    {
        LogBuilder builder = new()
        {
            HasTextIds = _random.Next(2) == 0,
            LateMs = Pick(Lates),
            Conditions = 1,
        };
        builder
            .Column("amount", new FieldType(ValueKind.Decimal, Optional: true, Scale: 2))
            .Column("n", new FieldType(ValueKind.Int))
            .Column("f", new FieldType(ValueKind.Float, Optional: true))
            .Column("s", new FieldType(ValueKind.String, Optional: true))
            .Column("w", new FieldType(ValueKind.Bool))
            .Column("w2", new FieldType(ValueKind.Bool))
            .Column("t", new FieldType(ValueKind.Time, Optional: true))
            .Column("tags", new FieldType(ValueKind.List, true, 0, ValueKind.Int, 4))
            .Column("b", new FieldType(ValueKind.Bool, Optional: true));
        int readings = _random.Next(1, 9);
        while (builder.Readings < readings)
        {
            AddReading(builder);
        }

        return builder.Build();
    }

    private KeyedLog MakePlainLog()
    {
        LogBuilder builder = new() { HasTextIds = _random.Next(2) == 0, HoldsIds = false, LateMs = Pick(Lates) };
        FieldType[] types = [new(ValueKind.Int), new(ValueKind.Float)];
        foreach (FieldType type in types[.._numbers])
        {
            builder.Column($"c{builder.Columns.Count}", type);
        }

        int readings = _random.Next(1, 9);
        for (int reading = 0; reading < readings; reading++)
        {
            long span = Pick(Spans);
            WindowBounds bounds = LogBuilder.Last(span, Pick(Delays));
            WindowFunction function = _numbers == 0
                ? Pick<WindowFunction>([WindowFunction.Count, WindowFunction.Any])
                : Pick<WindowFunction>([WindowFunction.Count, WindowFunction.Sum, WindowFunction.Mean,
                    WindowFunction.Min, WindowFunction.Max]);
            bool hasArgument = function is not (WindowFunction.Count or WindowFunction.Any);
            builder.Read(function, bounds, hasArgument ? _random.Next(_numbers) : -1);
        }

        return builder.Build();
    }

    private void AddReading(LogBuilder builder)
    {
        WindowFunction function = Pick(Functions);
        long span = Pick(Spans);
        long step = Pick(Steps);
        WindowBounds bounds = LogBuilder.Last(span, Pick(Delays), span > 0 && step > span ? 0 : step);
        bool isDecay = function is WindowFunction.DecaySum or WindowFunction.DecayCount;
        if (isDecay && bounds.IsLifetime)
        {
            return;
        }

        int keep = function == WindowFunction.Distinct || _random.Next(4) == 0 ? _random.Next(1, 8) : 0;
        bool isShare = function == WindowFunction.Share;
        int windowWhere = _random.Next(2) == 0 ? Where : -1;
        builder.Read(
            function, bounds, ArgumentOf(function), isShare ? Both : windowWhere, windowWhere, keep,
            keep > 0 && _random.Next(2) == 0 ? 0 : -1,
            keep > 0 && !isShare && _random.Next(2) == 0 ? Both : -1,
            isDecay ? Pick<long>([1000, LogBuilder.Minute, LogBuilder.Day]) : 0);
    }

    private int ArgumentOf(WindowFunction function) => function switch
    {
        WindowFunction.Count => Pick<int>([-1, -1, Amount, Text, Flag]),
        WindowFunction.Sum or WindowFunction.Mean or WindowFunction.Variance or WindowFunction.DecaySum =>
            Pick<int>([Amount, Number, Real]),
        WindowFunction.Min or WindowFunction.Max => Pick<int>([Amount, Number, Real, Moment]),
        WindowFunction.First or WindowFunction.Last or WindowFunction.Distinct =>
            Pick<int>([Amount, Number, Real, Text, Moment, Tags, Flag]),
        _ => -1,
    };
}
