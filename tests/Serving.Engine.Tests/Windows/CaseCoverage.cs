using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// Counts what the drawn cases reach: window calls in every kind of window, options of declarations, what is strange
/// about streams, what happens to stores.
/// </summary>
internal sealed class CaseCoverage
{
    private static readonly string[] s_declarations =
    [
        " zone ", ", late ", ", lag ", ", known ", " step ", " delay ", " keep ", " last lifetime", " where ", "let ",
        "any(e) on", "any(e where", "any(r where", "by (k, s)", "by (s, n)", "-> hash", "-> edges", "-> clip",
        "-> bits", "cross(", "smooth(", ") / (",
    ];

    private static readonly string[] s_streams =
    [
        "equal times", "event and request at once", "repeated id", "repeated id behind late", "id under another key",
        "late event", "future event", "just in time", "request without key", "event without key", "missing value",
        "greatest int", "least int", "greatest decimal", "huge float", "negative zero", "before 1970",
        "clocks change", "hot key", "early delivery", "scored only", "scored late",
        "request behind its arrival", "long",
    ];

    private static readonly string[] s_calls = ["backfill", "batch", "shuffled", "no margin", "margin"];

    private readonly Dictionary<string, int> _counts = [];

    /// <summary>What every run must reach.</summary>
    public static IEnumerable<string> Wanted =>
    [
        .. Enum.GetValues<WindowFunction>().Select(function => $"call {function}"),
        .. Enum.GetValues<WindowFunction>().Select(function => $"delayed {function}"),
        .. Enum.GetValues<WindowFunction>().Select(function => $"stepped {function}"),
        .. Enum.GetValues<WindowFunction>().Select(function => $"where {function}"),
        .. Enum.GetValues<WindowFunction>().Select(function => $"family {function}"),
        .. Enum.GetValues<WindowFunction>()
            .Except([WindowFunction.DecaySum, WindowFunction.DecayCount]).Select(function => $"lifetime {function}"),
        .. Enum.GetValues<WindowFunction>().Select(function => $"now {function}"),
        .. new[] { ValueKind.Int, ValueKind.Float, ValueKind.Decimal, ValueKind.Time }.SelectMany(
            kind => new[] { $"{WindowFunction.Min} {kind}", $"{WindowFunction.Max} {kind}" }),
        .. new[] { ValueKind.Int, ValueKind.Float, ValueKind.Decimal, ValueKind.String, ValueKind.Bool }.Select(
            kind => $"{WindowFunction.Last} {kind}"),
        .. s_declarations,
        .. s_streams,
        .. s_calls,
        .. Enum.GetValues<Disturbance>().Select(what => $"before: {what}"),
    ];

    /// <summary>What was wanted and never met.</summary>
    public IEnumerable<string> Missing => Wanted.Where(wanted => !_counts.ContainsKey(wanted));

    public void Add(CompiledCase compiled)
    {
        WindowCase drawn = compiled.Drawn;
        foreach (KeyedLog log in compiled.Script.Windows.Logs)
        {
            foreach (WindowReading reading in log.Readings)
            {
                AddReading(log, reading);
            }
        }

        foreach (string what in s_declarations.Where(drawn.Script.Contains))
        {
            Count(what);
        }

        foreach (Disturbance what in Enum.GetValues<Disturbance>())
        {
            CountIf(drawn.Arrivals.Any(item => item.Before.HasFlag(what)), $"before: {what}");
        }

        CountIf(drawn.CutMs is not null, "backfill");
        CountIf(drawn.BatchMost > 1, "batch");
        CountIf(drawn.BatchMost > 1 && drawn.IsShuffled, "shuffled");
        CountIf(drawn.MarginMs == 0, "no margin");
        CountIf(drawn.MarginMs > 0, "margin");
        AddStream(compiled);
    }

    private void AddReading(KeyedLog log, WindowReading reading)
    {
        LogMeasure measure = log.Measures[reading.Measure];
        WindowBounds bounds = reading.Bounds;
        Count($"call {reading.Function}");
        CountIf(bounds.DelayMs > 0, $"delayed {reading.Function}");
        CountIf(!bounds.IsLifetime && bounds.SpanMs % bounds.StepMs != 0 || bounds.StepMs > 1000,
            $"stepped {reading.Function}");
        CountIf(measure.Where >= 0 || reading.Where >= 0, $"where {reading.Function}");
        CountIf(bounds.IsLifetime, $"lifetime {reading.Function}");
        CountIf(reading.Condition >= 0, $"now {reading.Function}");
        CountIf(
            log.Readings.Any(other => other.Function == reading.Function
                && other.Measure == reading.Measure && other.Bounds.SpanMs != bounds.SpanMs),
            $"family {reading.Function}");
        if (measure.Argument >= 0)
        {
            Count($"{reading.Function} {log.Columns[measure.Argument].Type.Kind}");
        }
    }

    private void AddStream(CompiledCase compiled)
    {
        IReadOnlyList<Arrival> arrivals = compiled.Drawn.Arrivals;
        (Arrival First, Arrival Second)[] pairs = [.. arrivals.Zip(arrivals.Skip(1))];
        CountIf(pairs.Any(pair => pair.First.Moment == pair.Second.Moment), "equal times");
        CountIf(
            pairs.Any(pair => pair.First.Moment == pair.Second.Moment && pair.First.Event != pair.Second.Event
                && compiled.IsRequest(pair.Second)),
            "event and request at once");
        CountIf(pairs.Any(pair => pair.First.Moment > pair.Second.Moment), "scored late");
        CountIf(arrivals.Any(item => item.ScoresOnly), "scored only");
        CountIf(
            arrivals.Any(item => compiled.IsRequest(item)
                && (long)item.Values.Values[compiled.Script.TimeField]! < item.Moment),
            "request behind its arrival");
        CountIf(arrivals.Count > 200, "long");
        CountIf(arrivals.Any(item => item.Moment < 0), "before 1970");
        CountIf(HasClockChange(compiled), "clocks change");
        foreach (EventDeclaration declaration in compiled.Script.Events)
        {
            Arrival[] own = [.. arrivals.Where(item => item.Event == declaration.Schema.Name)];
            AddValues(declaration, own);
            AddTimes(compiled, declaration, own);
            AddIdentities(compiled, declaration, own);
        }
    }

    private static bool HasClockChange(CompiledCase compiled)
    {
        long first = compiled.Drawn.Arrivals[0].Moment;
        long last = compiled.Drawn.Arrivals[^1].Moment;
        return compiled.Script.Zone.OffsetMs(first) != compiled.Script.Zone.OffsetMs(last);
    }

    private void AddValues(EventDeclaration declaration, Arrival[] own)
    {
        IEnumerable<(object? Value, int Field)> values =
            own.SelectMany(item => item.Values.Values.Select((value, field) => (value, field)));
        foreach ((object? value, int field) in values)
        {
            ValueKind kind = declaration.Schema.Fields[field].Type.Kind;
            CountIf(value is null, "missing value");
            CountIf(kind == ValueKind.Int && value is long.MaxValue, "greatest int");
            CountIf(kind == ValueKind.Int && value is long.MinValue, "least int");
            CountIf(kind == ValueKind.Decimal && value is long.MaxValue, "greatest decimal");
            CountIf(value is 1e300, "huge float");
            CountIf(value is double and 0.0 && double.IsNegative((double)value), "negative zero");
        }

        int key = declaration.Schema.IndexOf("k");
        CountIf(
            own.Any(item => item.Values.Values[key] is null),
            declaration.IsRequest ? "request without key" : "event without key");
        CountIf(own.GroupBy(item => item.Values.Values[key]).Any(group => group.Count() >= 8), "hot key");
    }

    private void AddTimes(CompiledCase compiled, EventDeclaration declaration, Arrival[] own)
    {
        RowBatch rows = compiled.Rows(own, declaration);
        for (int row = 0; row < rows.RowCount; row++)
        {
            EventVerdict verdict = EventAdmission.Check(declaration, rows, row);
            long known = declaration.KnownOf(rows, row);
            CountIf(verdict == EventVerdict.Late, "late event");
            CountIf(verdict == EventVerdict.Future, "future event");
            CountIf(known - rows.Get(row, declaration.TimeField) == declaration.LateMs, "just in time");
            CountIf(!declaration.IsRequest && own[row].Moment < known, "early delivery");
        }
    }

    private void AddIdentities(CompiledCase compiled, EventDeclaration declaration, Arrival[] own)
    {
        RowBatch rows = compiled.Rows(own, declaration);
        int key = declaration.Schema.IndexOf("k");
        for (int row = 0; row < own.Length; row++)
        {
            object? id = own[row].Values.Values[declaration.IdField];
            for (int before = 0; before < row; before++)
            {
                if (!Equals(id, own[before].Values.Values[declaration.IdField]))
                {
                    continue;
                }

                bool isSameKey = Equals(own[row].Values.Values[key], own[before].Values.Values[key]);
                long age = declaration.KnownOf(rows, row) - declaration.KnownOf(rows, before);
                bool isRemembered = declaration.LateMs < 0 || age <= declaration.LateMs;
                CountIf(!isSameKey, "id under another key");
                CountIf(isSameKey && isRemembered, "repeated id");
                CountIf(isSameKey && !isRemembered, "repeated id behind late");
            }
        }
    }

    private void CountIf(bool isMet, string what)
    {
        if (isMet)
        {
            Count(what);
        }
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
