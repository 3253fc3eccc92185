using System.Collections.Immutable;

namespace Serving.Data.Windows;

/// <summary>
/// What the windows of a script ask of the state: its keyed logs and the values that are read from them. Immutable and
/// safe for use by several threads.
/// </summary>
/// <param name="Logs">The logs, in the order of their first window.</param>
/// <param name="Values">
/// One field for each reading, all logs together, at the reading's <see cref="WindowReading.Slot"/>; a
/// <see cref="RowBatch"/> of it holds the window values of request rows.
/// </param>
public sealed record WindowPlan(ImmutableArray<KeyedLog> Logs, RowSchema Values)
{
    /// <summary>The plan of a script without windows.</summary>
    public static WindowPlan None { get; } = new([], new RowSchema("windows", []));

    /// <summary>Whether the script has no window value at all.</summary>
    public bool IsEmpty => Logs.IsEmpty;
}
