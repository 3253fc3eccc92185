using Serving.Features.Fitting;

namespace Serving.Features.Tests.Fitting;

/// <summary>Distributions drawn from a seed.</summary>
internal static class Distributions
{
    public static NumberDistribution Draw(Random random, int valuesMax, int countMax)
    {
        int length = random.Next(0, valuesMax + 1);
        double[] values = [.. Enumerable.Range(0, length).Select(_ => random.Next(-50, 51) / 4.0).Distinct().Order()];
        LabelCounts[] counts = [.. values.Select(_ =>
        {
            int rows = random.Next(8) == 0 ? random.Next(1, countMax * 10) : random.Next(1, countMax + 1);
            int labelled = random.Next(4) == 0 ? random.Next(0, rows + 1) : rows;
            return new LabelCounts(rows, labelled, random.Next(0, labelled + 1));
        })];
        return new NumberDistribution(values, counts, default);
    }
}
