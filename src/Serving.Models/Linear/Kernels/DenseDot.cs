using System.Runtime.Intrinsics;
using Serving.Data;

namespace Serving.Models.Linear.Kernels;

/// <summary>
/// The dense part of a linear model. Idea: 32 running sums, input i goes to sum i % 32 as <c>x * w</c>, or as the
/// weight
/// for missing where x is NaN; products and sums are rounded one by one (no fused multiply-add). The 32 sums are added
/// as a fixed tree. Vectors of 512, 256 bits and plain code all compute exactly this, so a score does not depend on the
/// machine; 32 sums hide the latency of additions (four vectors of eight).
/// </summary>
[HotPath]
internal static class DenseDot
{
    /// <summary>Running sums; weights are padded to a multiple of it.</summary>
    public const int Lanes = 32;

    /// <summary>A length rounded up to whole groups of lanes.</summary>
    public static int PaddedLength(int inputs) => (inputs + Lanes - 1) / Lanes * Lanes;

    /// <summary>The sum of one output by the widest vectors of the machine.</summary>
    /// <param name="inputs">Inputs [padded length]; 0 beyond the model's.</param>
    /// <param name="weights">Weights [padded length]; 0 beyond the model's.</param>
    /// <param name="missing">Weights of missing inputs [padded length].</param>
    public static double Sum(ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Sum512(inputs, weights, missing);
        }

        return Vector256.IsHardwareAccelerated
            ? Sum256(inputs, weights, missing)
            : SumPlain(inputs, weights, missing);
    }

    public static double Sum512(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Vector512<double> a = Vector512<double>.Zero;
        Vector512<double> b = a;
        Vector512<double> c = a;
        Vector512<double> d = a;
        for (int i = 0; i < inputs.Length; i += Lanes)
        {
            a += Product512(inputs[i..], weights[i..], missing[i..]);
            b += Product512(inputs[(i + 8)..], weights[(i + 8)..], missing[(i + 8)..]);
            c += Product512(inputs[(i + 16)..], weights[(i + 16)..], missing[(i + 16)..]);
            d += Product512(inputs[(i + 24)..], weights[(i + 24)..], missing[(i + 24)..]);
        }

        Vector512<double> eight = (a + b) + (c + d);
        return Four(eight.GetLower() + eight.GetUpper());
    }

    public static double Sum256(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Vector256<double> a0 = Vector256<double>.Zero;
        Vector256<double> a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        for (int i = 0; i < inputs.Length; i += Lanes)
        {
            a0 += Product256(inputs[i..], weights[i..], missing[i..]);
            a1 += Product256(inputs[(i + 4)..], weights[(i + 4)..], missing[(i + 4)..]);
            b0 += Product256(inputs[(i + 8)..], weights[(i + 8)..], missing[(i + 8)..]);
            b1 += Product256(inputs[(i + 12)..], weights[(i + 12)..], missing[(i + 12)..]);
            c0 += Product256(inputs[(i + 16)..], weights[(i + 16)..], missing[(i + 16)..]);
            c1 += Product256(inputs[(i + 20)..], weights[(i + 20)..], missing[(i + 20)..]);
            d0 += Product256(inputs[(i + 24)..], weights[(i + 24)..], missing[(i + 24)..]);
            d1 += Product256(inputs[(i + 28)..], weights[(i + 28)..], missing[(i + 28)..]);
        }

        return Four(((a0 + b0) + (c0 + d0)) + ((a1 + b1) + (c1 + d1)));
    }

    public static double SumPlain(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Span<double> sums = stackalloc double[Lanes];
        sums.Clear();
        for (int i = 0; i < inputs.Length; i++)
        {
            sums[i % Lanes] += double.IsNaN(inputs[i]) ? missing[i] : inputs[i] * weights[i];
        }

        Span<double> four = stackalloc double[4];
        for (int lane = 0; lane < 4; lane++)
        {
            four[lane] = Eight(sums, lane) + Eight(sums, lane + 4);
        }

        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static double Eight(ReadOnlySpan<double> sums, int lane) =>
        (sums[lane] + sums[lane + 8]) + (sums[lane + 16] + sums[lane + 24]);

    private static double Four(Vector256<double> four)
    {
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    private static Vector512<double> Product512(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Vector512<double> x = Vector512.Create(inputs);
        return Vector512.ConditionalSelect(
            Vector512.Equals(x, x), x * Vector512.Create(weights), Vector512.Create(missing));
    }

    private static Vector256<double> Product256(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Vector256<double> x = Vector256.Create(inputs);
        return Vector256.ConditionalSelect(
            Vector256.Equals(x, x), x * Vector256.Create(weights), Vector256.Create(missing));
    }
}
