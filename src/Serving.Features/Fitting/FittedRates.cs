using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// The counts of <c>rate</c> (R89): a value seen <c>Counts[i]</c> times with <c>Positives[i]</c> positive labels becomes
/// (k + weight * p) / (n + weight), p = <see cref="Prior"/> = K / N over all fitted rows; an unseen one becomes p.
/// </summary>
internal sealed record FittedRates(
    double Prior, ImmutableArray<CategoryValue> Values, ImmutableArray<long> Positives, ImmutableArray<long> Counts)
    : FittedEncoder;
