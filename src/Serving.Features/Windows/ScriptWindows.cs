using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Windows;

/// <summary>What a script asks of its events' history: the logs of its windows and of a label over events.</summary>
internal sealed class ScriptWindows
{
    private ScriptWindows(WindowPlan plan, ImmutableArray<LogDefinition> logs, EventLabel? label)
    {
        Plan = plan;
        Logs = logs;
        Label = label;
    }

    public WindowPlan Plan { get; }

    /// <summary>The logs of <see cref="Plan"/> in its order, then the label's where there is one.</summary>
    public ImmutableArray<LogDefinition> Logs { get; }

    public EventLabel? Label { get; }

    public static ScriptWindows Of(BoundScript script)
    {
        // R44: the horizon of the set, its windows all together, used or not.
        long horizon = Horizon.Of(script.Windows.SelectMany(window => window.Spans).Select(span => span.Bounds));
        long repetition = script.Windows.IsEmpty ? -1 : horizon;
        var builders = new List<LogBuilder>();
        foreach (BoundWindowCall call in script.WindowCalls)
        {
            BoundWindow window = call.Window;
            LogBuilder? builder = builders.Find(known => known.Holds(window));
            if (builder is null)
            {
                builder = new LogBuilder(window.Event, window.EventKey, window.RequestKey);
                builders.Add(builder);
            }

            builder.Add(call);
        }

        ImmutableArray<LogDefinition> logs = [.. builders.Select(builder => builder.Build(script.Name, repetition))];
        var values = new RowSchema(
            "windows", [.. script.WindowCalls.Select(call => new Field(call.Text, call.Type.ToFieldType()))]);
        var plan = new WindowPlan([.. logs.Select(log => log.Log)], values);
        EventLabel? label = script.AnyLabel is { } any ? LabelOf(script.Name, any, repetition, ref logs) : null;
        return new ScriptWindows(plan, logs, label);
    }

    private static EventLabel LabelOf(
        string set, BoundAnyLabel any, long repetition, ref ImmutableArray<LogDefinition> logs)
    {
        var builder = new LogBuilder(any.Event, [any.EventField], [any.RequestField]);
        int where = any.Where is null || any.ReadsNow ? -1 : builder.Where(any.Where);
        if (any.ReadsNow)
        {
            builder.Condition(any.Where!);
        }

        LogDefinition log = builder.Build(set, repetition);
        logs = logs.Add(log);
        return new EventLabel(log.Log, any.EventField, any.RequestField, where, any.WithinMs);
    }
}
