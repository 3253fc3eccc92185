using System.Runtime.InteropServices;

namespace Serving.Data.Numerics;

/// <summary>A finite double taken apart: Significand * 2^Exponent, exactly.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Binary64(long Significand, int Exponent)
{
    /// <summary>Takes a finite double apart; the significand is below 2^53 and carries the sign.</summary>
    public static Binary64 From(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int field = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xFFFFFFFFFFFFFL;
        long significand = field == 0 ? fraction : fraction | 0x10000000000000L;
        return new Binary64(bits < 0 ? -significand : significand, Math.Max(field, 1) - 1075);
    }
}
