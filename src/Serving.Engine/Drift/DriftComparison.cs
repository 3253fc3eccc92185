using System.Collections.Immutable;

namespace Serving.Engine.Drift;

/// <summary>Compares counts with a baseline, column by column. Pure.</summary>
internal static class DriftComparison
{
    /// <summary>The columns of counts in the cells of <see cref="DriftColumns"/>.</summary>
    public static ImmutableArray<DriftColumn> Compare(DriftColumns columns, DriftBaseline baseline, long[] counts) =>
    [
        .. Enumerable.Range(0, columns.Count).Select(column =>
            Compare(baseline.Columns[column], SketchOf(baseline.Columns[column], columns.CellsOf(column, counts)))),
    ];

    /// <summary>Rows that were counted: each has a score.</summary>
    public static long RowsOf(DriftColumns columns, long[] counts)
    {
        long rows = 0;
        foreach (long count in columns.CellsOf(columns.Count - 1, counts))
        {
            rows += count;
        }

        return rows;
    }

    /// <summary>One column beside its baseline.</summary>
    public static DriftColumn Compare(BaselineColumn baseline, DriftSketch sketch)
    {
        // Missing, other, then the buckets; what both sides lack adds nothing.
        long[] actual = [sketch.Missing, sketch.Other, .. sketch.Counts];
        long[] expected = [baseline.Missing, baseline.Other, .. baseline.Counts];
        double rows = Math.Max(1, actual.Sum());
        double psi = PopulationStability.Index(actual, expected);
        double chance = PopulationStability.Expected(actual, expected);
        return new DriftColumn(
            baseline.Name,
            psi,
            chance,
            sketch.Missing / rows,
            baseline.MissingShare,
            sketch.Other / rows,
            PopulationStability.StateOf(psi, chance),
            sketch);
    }

    private static DriftSketch SketchOf(BaselineColumn baseline, ReadOnlySpan<long> cells)
    {
        int first = baseline.IsText ? DriftColumns.UnseenCell + 1 : DriftColumns.MissingCell + 1;
        return new DriftSketch(
            baseline.Borders,
            baseline.Values,
            [.. cells.Slice(first, baseline.Counts.Length)],
            baseline.IsText ? cells[DriftColumns.UnseenCell] : 0,
            cells[DriftColumns.MissingCell]);
    }
}
