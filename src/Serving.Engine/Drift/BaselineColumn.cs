using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>How a column was distributed when a model was made. Immutable.</summary>
/// <param name="Name">Name of the feature, or <c>score</c>.</param>
/// <param name="IsText">Whether <see cref="Values"/> say the buckets, else <see cref="Borders"/>.</param>
/// <param name="Borders">Numbers at which buckets begin, strictly ascending; empty of a text.</param>
/// <param name="Values">The most frequent values of a text, by count descending; empty of a number.</param>
/// <param name="Counts">Rows of each bucket: one more than borders, or one for each value.</param>
/// <param name="Other">Rows of a text with another value.</param>
/// <param name="Missing">Rows without a value.</param>
public sealed record BaselineColumn(
    string Name,
    bool IsText,
    ImmutableArray<double> Borders,
    ImmutableArray<string> Values,
    ImmutableArray<long> Counts,
    long Other,
    long Missing)
{
    /// <summary>Rows in all.</summary>
    public long Rows => Counts.Sum() + Other + Missing;

    /// <summary>Share of rows without a value; 0 of no rows.</summary>
    public double MissingShare => Rows == 0 ? 0 : Missing / (double)Rows;
}
