using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>The answers of an hour or a day beside the baseline. Immutable.</summary>
/// <param name="From">Its first moment, UTC.</param>
/// <param name="To">The first moment behind it.</param>
/// <param name="Rows">Rows that were answered.</param>
/// <param name="Columns">Features before encoders, then the score.</param>
public sealed record DriftPeriod(
    DateTimeOffset From, DateTimeOffset To, long Rows, ImmutableArray<DriftColumn> Columns);
