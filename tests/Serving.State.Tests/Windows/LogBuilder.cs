using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>Makes keyed logs for tests without a compiler of the feature language.</summary>
internal sealed class LogBuilder
{
    public const long Second = 1000;
    public const long Minute = 60_000;
    public const long Hour = 3_600_000;
    public const long Day = 86_400_000;

    private static readonly long[] Steps =
        [Second, 10 * Second, Minute, 5 * Minute, 15 * Minute, Hour, 6 * Hour, Day];

    private readonly List<LogMeasure> _measures = [];
    private readonly List<WindowReading> _readings = [];

    public List<LogColumn> Columns { get; } = [];

    public bool HasTextIds { get; init; } = true;

    public bool HoldsIds { get; init; } = true;

    public long LateMs { get; init; } = -1;

    public long LagMs { get; init; } = -1;

    public bool HasKnown { get; init; } = true;

    public int Conditions { get; set; }

    public int Readings => _readings.Count;

    /// <summary>The largest of the usual steps that is at most a 24th of a span (R49).</summary>
    public static long StepOf(long span) => Steps.LastOrDefault(step => step <= span / 24, Second);

    public static WindowBounds Last(long span, long delay = 0, long step = 0) =>
        new(span, step > 0 ? step : span < 0 ? Hour : StepOf(span), delay);

    public LogBuilder Column(string text, FieldType type)
    {
        Columns.Add(new LogColumn(text, type));
        return this;
    }

    public int Measure(int argument, int where)
    {
        LogMeasure measure = new(argument, where, MeasureParts.None);
        int place = _measures.IndexOf(measure);
        if (place < 0)
        {
            place = _measures.Count;
            _measures.Add(measure);
        }

        return place;
    }

    public LogBuilder Read(
        WindowFunction function, WindowBounds bounds, int argument = -1, int where = -1, int wholeWhere = -1,
        int keep = 0, int condition = -1, int callWhere = -1, long halfLife = 0)
    {
        FieldType argumentType = argument < 0 ? default : Columns[argument].Type;
        _readings.Add(new WindowReading
        {
            Function = function,
            Bounds = bounds,
            Measure = Measure(argument, where),
            Whole = function == WindowFunction.Share ? Measure(-1, wholeWhere) : -1,
            Keep = keep,
            Condition = condition,
            Where = callWhere,
            HalfLifeMs = halfLife,
            Slot = _readings.Count,
            Type = TypeOf(function, argumentType),
        });
        return this;
    }

    public KeyedLog Build()
    {
        ImmutableArray<Field> fields =
        [
            new("id", new FieldType(HasTextIds ? ValueKind.String : ValueKind.Int)),
            new("at", new FieldType(ValueKind.Time)),
            new("known", new FieldType(ValueKind.Time)),
            new("k", new FieldType(ValueKind.String, Optional: true)),
        ];
        bool isEndless = _readings.Exists(reading => reading.Bounds.IsLifetime);
        long horizon = isEndless
            ? -1
            : _readings.Max(reading => reading.Bounds.SpanMs + reading.Bounds.StepMs + reading.Bounds.DelayMs);
        return new KeyedLog
        {
            Set = "s",
            Event = new EventDeclaration(
                new RowSchema("e", fields), IsRequest: false, 0, 1, HasKnown ? 2 : -1, LateMs, LagMs),
            EventKey = [3],
            RequestKey = [0],
            Columns = [.. Columns],
            Measures = [.. _measures],
            Readings = [.. _readings],
            ConditionCount = Conditions,
            HoldsIds = HoldsIds,
            HorizonMs = horizon,
            RepetitionMs = LateMs >= 0 ? LateMs : horizon,
        };
    }

    public static RowSchema ValuesOf(KeyedLog log) => new(
        "values", [.. log.Readings.Select(reading => new Field($"v{reading.Slot}", reading.Type))]);

    private static FieldType TypeOf(WindowFunction function, FieldType argument) => function switch
    {
        WindowFunction.Count or WindowFunction.Distinct => new FieldType(ValueKind.Int),
        WindowFunction.Any => new FieldType(ValueKind.Bool),
        WindowFunction.Sum => argument.AsRequired(),
        WindowFunction.Min or WindowFunction.Max or WindowFunction.First or WindowFunction.Last =>
            argument.AsOptional(),
        _ => new FieldType(ValueKind.Float, Optional: true),
    };
}
