using System.Runtime.CompilerServices;

namespace Serving.State.Windows;

/// <summary>
/// Floats in the windows: millionths in sums (R40), and bits whose order is the order of the numbers.
/// </summary>
internal static class FloatUnits
{
    // 2^95.
    private const double Greatest = 39614081257132168796771975168.0;
    private const double TwoTo62 = 4611686018427387904.0;

    /// <summary>
    /// The millionths of a float, rounded half-even and clamped to +-2^95; says whether it was clamped.
    /// </summary>
    public static Int128 Millionths(long bits, out bool clamped)
    {
        double scaled = Math.Round(BitConverter.Int64BitsToDouble(bits) * 1e6, MidpointRounding.ToEven);
        clamped = Math.Abs(scaled) > Greatest;
        if (Math.Abs(scaled) < TwoTo62)
        {
            return (long)scaled;
        }

        return (Int128)Math.Clamp(scaled, -Greatest, Greatest);
    }

    /// <summary>Bits of a float as a number of the same order, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Ordered(long bits) => bits ^ (long)((ulong)(bits >> 63) >> 1);
}
