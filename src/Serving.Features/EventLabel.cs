using Serving.Data.Windows;

namespace Serving.Features;

/// <summary>
/// A label over events (R56): true for a request at time t when an event with the same key is accepted, became known at
/// t or up to <paramref name="WithinMs"/> later, and passes the condition. A missing key never matches. Immutable and
/// safe for use by several threads.
/// </summary>
/// <param name="Log">
/// Its events under the label's key: for <see cref="FeatureScript.CreateLogProgram"/> and
/// <see cref="FeatureScript.CreateConditions"/>. It has no readings and is not part of the window plan.
/// </param>
/// <param name="EventField">Place of the key in the event.</param>
/// <param name="RequestField">Place of the key in the request.</param>
/// <param name="Where">
/// Place of the condition among the log's columns, a bool that is never missing; -1 without one, and where the log has
/// a condition that reads the request (<see cref="KeyedLog.ConditionCount"/> is 1 then).
/// </param>
/// <param name="WithinMs">How long after the request an event counts, in milliseconds.</param>
public sealed record EventLabel(KeyedLog Log, int EventField, int RequestField, int Where, long WithinMs)
{
    /// <summary>The event.</summary>
    public EventDeclaration Event => Log.Event;
}
