using System.Collections.Immutable;

namespace Serving.Data.Windows;

/// <summary>
/// The log of one event type under one key: what its records hold and what is read from it. All windows of a script
/// over that event and key share it. Immutable and safe for use by several threads.
/// </summary>
public sealed record KeyedLog
{
    /// <summary>Name of the feature set: the one after <c>features</c>.</summary>
    public required string Set { get; init; }

    /// <summary>The event whose rows it holds.</summary>
    public required EventDeclaration Event { get; init; }

    /// <summary>Places of the key's fields in the event, in the order in which the window names them.</summary>
    public required ImmutableArray<int> EventKey { get; init; }

    /// <summary>Places of the same fields in the request.</summary>
    public required ImmutableArray<int> RequestKey { get; init; }

    /// <summary>What a record holds beside time, known time and id.</summary>
    public required ImmutableArray<LogColumn> Columns { get; init; }

    /// <summary>What tiles hold.</summary>
    public required ImmutableArray<LogMeasure> Measures { get; init; }

    /// <summary>What is read.</summary>
    public required ImmutableArray<WindowReading> Readings { get; init; }

    /// <summary>Number of conditions that the readings name (each a <see cref="IRecordCondition"/>).</summary>
    public required int ConditionCount { get; init; }

    /// <summary>
    /// Whether records hold the id itself beside its hash: <c>first</c>, <c>last</c> and <c>keep</c> order ties by it
    /// (R42).
    /// </summary>
    public required bool HoldsIds { get; init; }

    /// <summary>
    /// After how long an event cannot be read any more: the greatest span + delay + step, in milliseconds; -1: never
    /// (<c>lifetime</c>).
    /// </summary>
    public required long HorizonMs { get; init; }

    /// <summary>
    /// How long an id is remembered to find repetitions (R44): the event's <c>late</c>, without one the horizon of the
    /// set; -1: for ever (until 4,096 newer ones came).
    /// </summary>
    public required long RepetitionMs { get; init; }
}
