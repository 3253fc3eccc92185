using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Serving.Data;

namespace Serving.Models.Linear.Kernels;

/// <summary>
/// The dense part of a linear model. Idea: 32 running sums, input i goes to sum i % 32 as <c>x * w</c>, or as the
/// weight for missing where x is NaN; products and sums are rounded one by one (no fused multiply-add). The 32 sums are
/// added as a fixed tree. Vectors of 512, 256 bits and plain code all compute exactly this, so a score does not depend
/// on the machine; 32 sums hide the latency of additions (four vectors of eight).
/// </summary>
/// <remarks>
/// Sums begin with +0 and so are never -0: what is left out beyond the last input, and a missing input that weighs 0,
/// are additions of 0, which change no bit.
/// </remarks>
[HotPath]
internal static class DenseDot
{
    /// <summary>Running sums; weights are padded to a multiple of it.</summary>
    public const int Lanes = 32;

    private const int Width = 8;

    /// <summary>A length rounded up to whole groups of lanes.</summary>
    public static int PaddedLength(int inputs) => (inputs + Lanes - 1) / Lanes * Lanes;

    /// <summary>The sum of one output by the widest vectors of the machine.</summary>
    /// <param name="inputs">Inputs of the model.</param>
    /// <param name="weights">Weights [padded length]; 0 beyond the model's.</param>
    /// <param name="missing">Weights of missing inputs [padded length].</param>
    public static double Sum(ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            // A missing input makes the plain sum NaN, so that rows without one need not load the weights of missing.
            double sum = Sum512<PresentProducts>(inputs, weights, missing);
            return double.IsNaN(sum) ? Sum512<Products>(inputs, weights, missing) : sum;
        }

        return Vector256.IsHardwareAccelerated
            ? Sum256(inputs, weights, missing)
            : SumPlain(inputs, weights, missing);
    }

    /// <summary>
    /// In bounds: whole vectors end at or before the last input, and weights are padded to whole groups.
    /// </summary>
    public static double Sum512<TProducts>(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
        where TProducts : struct, IProducts
    {
        Debug.Assert(weights.Length >= PaddedLength(inputs.Length) && missing.Length >= weights.Length, "padded");
        ref double x = ref MemoryMarshal.GetReference(inputs);
        ref double w = ref MemoryMarshal.GetReference(weights);
        ref double m = ref MemoryMarshal.GetReference(missing);

        // Before the loop, since a call would spill the sums in it.
        Vector512<double> last = inputs.Length % Width == 0
            ? Vector512<double>.Zero
            : Last512<TProducts>(inputs, ref w, ref m);
        Vector512<double> a = Vector512<double>.Zero;
        Vector512<double> b = a;
        Vector512<double> c = a;
        Vector512<double> d = a;
        int i = 0;
        for (; i <= inputs.Length - Lanes; i += Lanes)
        {
            a += TProducts.Of(ref x, ref w, ref m, i);
            b += TProducts.Of(ref x, ref w, ref m, i + Width);
            c += TProducts.Of(ref x, ref w, ref m, i + (2 * Width));
            d += TProducts.Of(ref x, ref w, ref m, i + (3 * Width));
        }

        int vectors = (inputs.Length - i) / Width;
        a += vectors > 0 ? TProducts.Of(ref x, ref w, ref m, i) : last;
        b += vectors > 1 ? TProducts.Of(ref x, ref w, ref m, i + Width) : vectors == 1 ? last : Vector512<double>.Zero;
        c += vectors > 2 ? TProducts.Of(ref x, ref w, ref m, i + (2 * Width))
            : vectors == 2 ? last : Vector512<double>.Zero;
        d += vectors == 3 ? last : Vector512<double>.Zero;
        Vector512<double> eight = (a + b) + (c + d);
        return Four(eight.GetLower() + eight.GetUpper());
    }

    /// <summary>In bounds as <see cref="Sum512{TProducts}"/>.</summary>
    public static double Sum256(
        ReadOnlySpan<double> inputs, ReadOnlySpan<double> weights, ReadOnlySpan<double> missing)
    {
        Debug.Assert(weights.Length >= PaddedLength(inputs.Length) && missing.Length >= weights.Length, "padded");
        Vector256<double> a0 = Vector256<double>.Zero;
        Vector256<double> a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        Span<double> last = stackalloc double[Lanes];
        for (int i = 0; i < inputs.Length; i += Lanes)
        {
            scoped ref double x = ref MemoryMarshal.GetReference(inputs[i..]);
            if (inputs.Length - i < Lanes)
            {
                last.Clear();
                inputs[i..].CopyTo(last);
                x = ref MemoryMarshal.GetReference(last);
            }

            ref double w = ref MemoryMarshal.GetReference(weights[i..]);
            ref double m = ref MemoryMarshal.GetReference(missing[i..]);
            a0 += Product256(ref x, ref w, ref m, 0);
            a1 += Product256(ref x, ref w, ref m, 4);
            b0 += Product256(ref x, ref w, ref m, 8);
            b1 += Product256(ref x, ref w, ref m, 12);
            c0 += Product256(ref x, ref w, ref m, 16);
            c1 += Product256(ref x, ref w, ref m, 20);
            d0 += Product256(ref x, ref w, ref m, 24);
            d1 += Product256(ref x, ref w, ref m, 28);
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

    // The inputs behind the last whole vector, with zeros behind them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<double> Last512<TProducts>(ReadOnlySpan<double> inputs, ref double w, ref double m)
        where TProducts : struct, IProducts
    {
        int at = inputs.Length / Width * Width;
        Span<double> last = stackalloc double[Width];
        last.Clear();
        inputs[at..].CopyTo(last);
        return TProducts.Of(
            ref MemoryMarshal.GetReference(last), ref Unsafe.Add(ref w, at), ref Unsafe.Add(ref m, at), 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Product256(ref double inputs, ref double weights, ref double missing, int at)
    {
        Vector256<double> x = Vector256.LoadUnsafe(ref inputs, (nuint)at);
        return Vector256.ConditionalSelect(
            Vector256.Equals(x, x),
            x * Vector256.LoadUnsafe(ref weights, (nuint)at),
            Vector256.LoadUnsafe(ref missing, (nuint)at));
    }

    /// <summary>How eight inputs become what is added.</summary>
    internal interface IProducts
    {
        static abstract Vector512<double> Of(ref double inputs, ref double weights, ref double missing, int at);
    }

    /// <summary>Inputs that may be missing.</summary>
    internal readonly struct Products : IProducts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(ref double inputs, ref double weights, ref double missing, int at)
        {
            Vector512<double> x = Vector512.LoadUnsafe(ref inputs, (nuint)at);
            return Vector512.ConditionalSelect(
                Vector512.Equals(x, x),
                x * Vector512.LoadUnsafe(ref weights, (nuint)at),
                Vector512.LoadUnsafe(ref missing, (nuint)at));
        }
    }

    /// <summary>Inputs of which none is missing.</summary>
    internal readonly struct PresentProducts : IProducts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> Of(ref double inputs, ref double weights, ref double missing, int at) =>
            Vector512.LoadUnsafe(ref inputs, (nuint)at) * Vector512.LoadUnsafe(ref weights, (nuint)at);
    }
}
