using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>Borders of <c>widths</c>: equal parts of the range (R83).</summary>
internal static class WidthBorders
{
    /// <summary>min + ((max - min) * i) / n for i = 1 .. n-1 in binary64, equal ones removed.</summary>
    public static ImmutableArray<double> Fit(NumberDistribution distribution, long size)
    {
        if (distribution.Values.Length < 2)
        {
            return [];
        }

        double min = distribution.Values[0];
        double range = ContinuousEncoding.Finite(distribution.Values[^1] - min);
        var borders = ImmutableArray.CreateBuilder<double>();
        for (long index = 1; index < size; index++)
        {
            double part = ContinuousEncoding.Finite(range * index) / size;
            double border = ContinuousEncoding.Finite(min + part);
            if (borders.Count == 0 || borders[^1] != border)
            {
                borders.Add(border);
            }
        }

        return borders.ToImmutable();
    }
}
