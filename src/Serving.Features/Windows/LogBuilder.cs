using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Windows;

/// <summary>
/// Collects what the records and tiles of one keyed log hold. Columns of equal canonical text are one, and so are equal
/// measures and conditions.
/// </summary>
internal sealed class LogBuilder(EventDeclaration source, ImmutableArray<int> eventKey, ImmutableArray<int> requestKey)
{
    private readonly List<(LogColumn Column, BoundExpression Value)> _columns = [];
    private readonly Dictionary<string, int> _columnPlaces = [];
    private readonly List<LogMeasure> _measures = [];
    private readonly List<BoundExpression> _conditions = [];
    private readonly Dictionary<string, int> _conditionPlaces = [];
    private readonly List<WindowReading> _readings = [];
    private readonly Dictionary<WindowCallParts, CallPlaces> _placesOfCalls = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a window is one over this log.</summary>
    public bool Holds(BoundWindow window) =>
        window.Event == source && window.EventKey.SequenceEqual(eventKey)
        && window.RequestKey.SequenceEqual(requestKey);

    /// <summary>Adds the reading of a call.</summary>
    public void Add(BoundWindowCall call)
    {
        // All spans of a call read the same: what they read is worked out once.
        if (!_placesOfCalls.TryGetValue(call.Parts, out CallPlaces places))
        {
            places = PlacesOf(call);
            _placesOfCalls.Add(call.Parts, places);
        }

        _readings.Add(new WindowReading
        {
            Function = call.Function,
            Bounds = call.Bounds,
            Measure = places.Measure,
            Whole = places.Whole,
            Where = places.Where,
            Keep = call.IsBounded ? call.Window.Keep : 0,
            Condition = places.Condition,
            HalfLifeMs = call.HalfLifeMs,
            Slot = call.Slot,
            Type = call.Type.ToFieldType(),
        });
    }

    private CallPlaces PlacesOf(BoundWindowCall call)
    {
        BoundExpression? within = call.Window.Where;
        BoundExpression? holds = call.Function is WindowFunction.Any or WindowFunction.Share
            ? NeverMissing(call.Argument)
            : null;

        // A call that sees only the latest events chooses them by the window's own condition; its where is judged
        // behind that choice (R33).
        bool isBounded = call.IsBounded;
        BoundExpression? counted = isBounded ? within : And(within, call.Where);
        BoundExpression? judged = call.ReadsNow
            ? And(call.Where, call.Function == WindowFunction.Any ? holds : null)
            : null;
        bool isShare = call.Function == WindowFunction.Share;
        BoundExpression? part = call.Function == WindowFunction.Any && isBounded ? counted : And(counted, holds);

        // A count asks only whether its argument is missing.
        bool isRead = call.Argument is not null && holds is null
            && (call.Function != WindowFunction.Count || call.Argument.Type.Optional);
        int argument = isRead ? Column(call.Argument!) : -1;
        MeasureParts parts = isBounded ? MeasureParts.None : PartsOf(call.Function);
        return new CallPlaces(
            Measure(argument, part, parts),
            isShare ? Measure(-1, counted, parts) : -1,
            isBounded && !call.ReadsNow && call.Where is not null ? Column(call.Where) : -1,
            judged is null ? -1 : Condition(judged));
    }

    /// <summary>The place of the bool column of a condition over the event alone.</summary>
    public int Where(BoundExpression condition) => Column(condition);

    /// <summary>The place of a condition that names fields of the request too.</summary>
    public int Condition(BoundExpression condition)
    {
        var readsNow = new HashSet<BoundExpression>(ReferenceEqualityComparer.Instance);
        CollectReadsNow(condition, readsNow);
        BoundExpression overColumns = OverColumns(condition, readsNow);
        string text = CanonicalText.Of(overColumns);
        if (!_conditionPlaces.TryGetValue(text, out int place))
        {
            place = _conditions.Count;
            _conditions.Add(overColumns);
            _conditionPlaces.Add(text, place);
        }

        return place;
    }

    /// <summary>The log.</summary>
    /// <param name="set">Name of the feature set.</param>
    /// <param name="repetitionMs">How long ids are remembered where the event declares no <c>late</c>.</param>
    public LogDefinition Build(string set, long repetitionMs)
    {
        bool holdsIds = _readings.Exists(reading =>
            reading.Keep > 0 || reading.Function is WindowFunction.First or WindowFunction.Last);
        var log = new KeyedLog
        {
            Set = set,
            Event = source,
            EventKey = eventKey,
            RequestKey = requestKey,
            Columns = Shown(),
            Measures = [.. _measures],
            Readings = [.. _readings],
            ConditionCount = _conditions.Count,
            HoldsIds = holdsIds,
            HorizonMs = Horizon.Of(_readings.Select(reading => reading.Bounds)),
            RepetitionMs = source.LateMs >= 0 ? source.LateMs : repetitionMs,
        };
        return new LogDefinition(log, [.. _columns.Select(column => column.Value)], [.. _conditions]);
    }

    // Two that are written alike (an int and the same as a float) are shown in their canonical spelling.
    private ImmutableArray<LogColumn> Shown()
    {
        string[] texts = [.. _columns.Select(column => ScriptSpelling.Of(column.Value))];
        ILookup<string, string> same = texts.ToLookup(text => text, StringComparer.Ordinal);
        return [.. _columns.Select((column, place) => same[texts[place]].Count() == 1
            ? column.Column with { Shown = texts[place] }
            : column.Column)];
    }

    // What tiles must hold so that a call is answered; the extremes know by the count whether there is any.
    private static MeasureParts PartsOf(WindowFunction function) => function switch
    {
        WindowFunction.Sum or WindowFunction.DecaySum => MeasureParts.Sum,
        WindowFunction.Mean => MeasureParts.Count | MeasureParts.Sum,
        WindowFunction.Variance => MeasureParts.Count | MeasureParts.Sum | MeasureParts.SumOfSquares,
        WindowFunction.Min => MeasureParts.Count | MeasureParts.Min,
        WindowFunction.Max => MeasureParts.Count | MeasureParts.Max,
        WindowFunction.First => MeasureParts.First,
        WindowFunction.Last or WindowFunction.SecondsSinceLast => MeasureParts.Last,
        _ => MeasureParts.Count,
    };

    private static BoundExpression? NeverMissing(BoundExpression? condition) => condition is { Type.Optional: true }
        ? new BoundCoalesce(condition, new BoundLiteral(ScriptType.Bool, 0, []))
        : condition;

    private static BoundExpression? And(BoundExpression? left, BoundExpression? right) =>
        left is null ? right : right is null ? left : new BoundLogical(true, left, right);

    private int Column(BoundExpression value)
    {
        string text = CanonicalText.Of(value);
        if (!_columnPlaces.TryGetValue(text, out int place))
        {
            place = _columns.Count;
            _columns.Add((new LogColumn(text, value.Type.ToFieldType()), value));
            _columnPlaces.Add(text, place);
        }

        return place;
    }

    private int Measure(int argument, BoundExpression? where, MeasureParts parts)
    {
        int condition = where is null ? -1 : Column(where);
        int place = _measures.FindIndex(known => known.Argument == argument && known.Where == condition);
        if (place < 0)
        {
            _measures.Add(new LogMeasure(argument, condition, parts));
            return _measures.Count - 1;
        }

        _measures[place] = _measures[place] with { Parts = _measures[place].Parts | parts };
        return place;
    }

    // The greatest parts that name no field of the request are columns: computed once, when the event arrives, and
    // often smaller than the fields that they read.
    private BoundExpression OverColumns(BoundExpression node, HashSet<BoundExpression> readsNow) => node switch
    {
        BoundLiteral or BoundNowField => node,
        _ when readsNow.Contains(node) =>
            BoundRewriting.WithOperands(node, operand => OverColumns(operand, readsNow)),
        _ => Field(Column(node), node.Type),
    };

    private BoundField Field(int column, ScriptType type) => new(column, _columns[column].Column.Text, type);

    // Every node at or above a field of the request, in one walk: scripts may be made to be slow.
    private static bool CollectReadsNow(BoundExpression node, HashSet<BoundExpression> readsNow)
    {
        bool reads = node is BoundNowField;
        foreach (BoundExpression operand in BoundChildren.Of(node))
        {
            reads |= CollectReadsNow(operand, readsNow);
        }

        if (reads)
        {
            readsNow.Add(node);
        }

        return reads;
    }
}
