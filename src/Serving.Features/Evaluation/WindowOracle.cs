using System.Numerics;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Evaluation;

/// <summary>
/// The reference of every window value and of labels over events: walks all events of a key for every request, with
/// exact arithmetic, and shares nothing with the state that serves. Slow, quadratic; not safe for use by several
/// threads.
/// </summary>
public sealed class WindowOracle
{
    private readonly BoundScript _script;
    private readonly Dictionary<string, OracleHistory> _histories;
    private readonly InterpretedFrame _frame = new();

    /// <summary>Makes an oracle without events.</summary>
    public WindowOracle(FeatureScript script)
    {
        _script = script.Bound;
        BigInteger horizon = HorizonOf(_script);
        _histories = _script.Events.ToDictionary(
            item => item.Schema.Name,
            item => new OracleHistory(item, item.LateMs >= 0 ? item.LateMs : horizon),
            StringComparer.Ordinal);
    }

    /// <summary>Events that became known later than <c>late</c> allows (R54).</summary>
    public long LateCount => _histories.Values.Sum(history => history.LateCount);

    /// <summary>Events that were known more than 5 s before their time (R55).</summary>
    public long FutureCount => _histories.Values.Sum(history => history.FutureCount);

    /// <summary>
    /// Adds rows of an event, the request among them. Rows of one event come in the order of its file, which decides
    /// between equal known times (R44); rows of different events in any order. The rows are copied.
    /// </summary>
    /// <exception cref="ArgumentException">The script has no such event.</exception>
    public void Add(string eventName, RowBatch rows)
    {
        if (!_histories.TryGetValue(eventName, out OracleHistory? history))
        {
            throw new ArgumentException($"the script declares no event '{eventName}'", nameof(eventName));
        }

        history.Add(rows);
    }

    /// <summary>
    /// Appends a row with the window values of a request to <paramref name="values"/>. All events that are visible to
    /// it must have been added; others change nothing (R51).
    /// </summary>
    public void Read(RowBatch requests, int row, WindowValues values)
    {
        int target = values.AddRow();
        var request = new OracleRequest(requests, row, requests.Get(row, _script.TimeField));
        foreach (BoundWindowCall call in _script.WindowCalls)
        {
            // R35: without a key every aggregate is missing.
            string? key = OracleKey.Of(requests, row, call.Window.RequestKey);
            Value? value = key is null
                ? null
                : OracleCall.Evaluate(
                    call,
                    _histories[call.Window.Event.Schema.Name].Under(call.Window.EventKey, key),
                    request,
                    _frame);
            ValueSlot.Write(value, values.Rows, target, call.Slot);
        }
    }

    /// <summary>
    /// The label over events of a request (R56); null where the script has none. Needs all events that became known in
    /// its span.
    /// </summary>
    public bool? Label(RowBatch requests, int row)
    {
        if (_script.AnyLabel is not { } label)
        {
            return null;
        }

        BigInteger time = requests.Get(row, _script.TimeField);
        return OracleKey.Of(requests, row, [label.RequestField]) is { } key
            && _histories[label.Event.Schema.Name].Under([label.EventField], key).Any(item =>
                time <= item.Known
                && item.Known <= time + label.WithinMs
                && (label.Where is not { } where || item.Evaluate(where, requests, row)!.IsTrue));
    }

    /// <summary>
    /// The horizon of the set: how far back any of its windows reaches, and one step more; -1, for ever, with a
    /// lifetime and where only a label reads events.
    /// </summary>
    private static BigInteger HorizonOf(BoundScript script)
    {
        WindowBounds[] bounds = [.. script.Windows.SelectMany(window => window.Spans).Select(span => span.Bounds)];
        return bounds.Length == 0 || bounds.Any(item => item.SpanMs < 0)
            ? BigInteger.MinusOne
            : bounds.Max(item => (BigInteger)item.SpanMs + item.DelayMs + item.StepMs);
    }
}
