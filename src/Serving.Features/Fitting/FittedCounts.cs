using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// What entered an encoder while it was fitted, and which ids it gave: the drift monitor compares with it.
/// </summary>
/// <param name="Present">Rows with a value.</param>
/// <param name="Missing">Rows without one.</param>
/// <param name="Ids">
/// For each size of the encoder how often each id was given: 0 missing, 1 unseen, then the real ones. Empty for a
/// continuous encoder. An element of a list counts by itself.
/// </param>
internal sealed record FittedCounts(long Present, long Missing, ImmutableArray<ImmutableArray<long>> Ids)
{
    public static readonly FittedCounts None = new(0, 0, []);
}
