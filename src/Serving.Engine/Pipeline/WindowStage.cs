using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Features;
using Serving.State.Windows;

namespace Serving.Engine.Pipeline;

/// <summary>
/// The step from a request's rows to window values: which state is read and appended, and how it is read. Immutable and
/// safe for use by several threads, each with a scratch of its own.
/// </summary>
internal sealed class WindowStage
{
    private readonly FeatureScript _script;

    /// <summary>Makes the stage of a script that has windows.</summary>
    public WindowStage(FeatureScript script)
        : this(script, log => new LogCodec(log))
    {
    }

    /// <summary>The same with bytes of another kind: tests seed bugs into what is written and read.</summary>
    internal WindowStage(FeatureScript script, Func<KeyedLog, LogCodec> codecOf)
    {
        _script = script;
        Plan = script.Windows;
        Logs = [.. Plan.Logs.Select(log => new WindowLog(script, log, codecOf(log)))];
        Request = script.Events.First(declaration => declaration.IsRequest);
    }

    /// <summary>What the script's windows ask of the state.</summary>
    public WindowPlan Plan { get; }

    /// <summary>The logs in the plan's order.</summary>
    public ImmutableArray<WindowLog> Logs { get; }

    /// <summary>The request event.</summary>
    public EventDeclaration Request { get; }

    /// <summary>The conditions of a log, for one thread.</summary>
    public ImmutableArray<IRecordCondition> ConditionsOf(KeyedLog log) => _script.CreateConditions(log);

    /// <summary>Buffers of one request.</summary>
    public WindowScratch CreateScratch() => new(this);
}
