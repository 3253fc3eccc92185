using System.Numerics;
using Serving.Data;

namespace Serving.Models.Trees.Kernels;

/// <summary>Adds the values of a row's leaves.</summary>
[HotPath]
internal static class TreeSums
{
    /// <summary>In tree order and binary64, as LightGBM adds.</summary>
    public static void Exact(ReadOnlySpan<double> values, ForestParts parts, Span<double> sums)
    {
        parts.BaseScores.CopyTo(sums);
        if (sums.Length == 1)
        {
            double sum = sums[0];
            foreach (double value in values)
            {
                sum += value;
            }

            sums[0] = sum;
            return;
        }

        int[] outputs = parts.TreeOutputs;
        for (int tree = 0; tree < values.Length; tree++)
        {
            sums[outputs[tree]] += values[tree];
        }
    }

    /// <summary>In tree order and binary32, as XGBoost adds.</summary>
    public static void Exact(ReadOnlySpan<float> values, ForestParts parts, Span<double> sums)
    {
        parts.BaseScores.CopyTo(sums);
        if (sums.Length == 1)
        {
            float sum = (float)sums[0];
            foreach (float value in values)
            {
                sum += value;
            }

            sums[0] = sum;
            return;
        }

        int[] outputs = parts.TreeOutputs;
        for (int tree = 0; tree < values.Length; tree++)
        {
            ref double sum = ref sums[outputs[tree]];
            sum = (float)sum + values[tree];
        }
    }

    /// <summary>In lanes of the machine's width; one output only.</summary>
    public static double Fast(ReadOnlySpan<double> values, double start)
    {
        int width = Vector<double>.Count;
        Vector<double> lanes = Vector<double>.Zero;
        int tree = 0;
        for (; tree <= values.Length - width; tree += width)
        {
            lanes += new Vector<double>(values[tree..]);
        }

        double sum = start + Vector.Sum(lanes);
        for (; tree < values.Length; tree++)
        {
            sum += values[tree];
        }

        return sum;
    }
}
