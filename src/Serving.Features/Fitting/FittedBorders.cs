using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// Borders of <c>quantiles</c> (one list for each size, in the order of the sizes), <c>widths</c> and <c>tree</c> (one
/// list). Each list is strictly ascending; id = 2 + number of borders at or below the value.
/// </summary>
internal sealed record FittedBorders(ImmutableArray<ImmutableArray<double>> BySize) : FittedEncoder;
