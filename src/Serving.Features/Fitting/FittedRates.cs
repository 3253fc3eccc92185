using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// The counts of <c>rate</c> (R89): a value seen <c>Counts[i]</c> times with <c>Positives[i]</c> positive labels
/// becomes (k + weight * p) / (n + weight), p = <see cref="Prior"/> = K / N over all fitted rows; an unseen one
/// becomes p.
/// </summary>
internal sealed record FittedRates(
    double Prior, ImmutableArray<CategoryValue> Values, ImmutableArray<long> Positives, ImmutableArray<long> Counts)
    : FittedEncoder
{
    /// <summary>What the values are.</summary>
    public CategoryType Type { get; init; }

    /// <summary>N: rows with a label, those without a value too.</summary>
    public long Labelled { get; init; }

    /// <summary>K: those of them whose label is true.</summary>
    public long AllPositives { get; init; }

    /// <summary>p = K / N; 0 of no rows.</summary>
    public static double PriorOf(long positives, long labelled) => labelled == 0 ? 0 : (double)positives / labelled;
}
