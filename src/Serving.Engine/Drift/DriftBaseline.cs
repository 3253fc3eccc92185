using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>
/// What drift compares with: the columns of a version in the order of its features before encoders, the score last.
/// Immutable and safe for use by several threads.
/// </summary>
/// <param name="Rows">Rows that it was made of.</param>
/// <param name="Columns">Features before encoders, then <c>score</c>.</param>
public sealed record DriftBaseline(long Rows, ImmutableArray<BaselineColumn> Columns)
{
    /// <summary>The column of a name, or null.</summary>
    public BaselineColumn? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);
}
