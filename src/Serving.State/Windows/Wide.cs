using System.Numerics;
using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>
/// An integer of 256 bits without sign, for sums of squares: squares of floats have up to 190 bits (R40), and 2^63 of
/// them fit.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Wide(UInt128 High, UInt128 Low)
{
    /// <summary>Whether 128 bits hold it.</summary>
    public bool IsSmall => High == UInt128.Zero;

    /// <summary>The square of a number.</summary>
    public static Wide Square(Int128 value)
    {
        UInt128 size = value < 0 ? (UInt128)(-value) : (UInt128)value;
        var high = (ulong)(size >> 64);
        var low = (ulong)size;
        UInt128 square = Product(low, low);
        if (high == 0)
        {
            return new Wide(UInt128.Zero, square);
        }

        // (high * 2^64 + low)^2 = high^2 * 2^128 + 2 * high * low * 2^64 + low^2; sizes stay below 2^96.
        UInt128 middle = Product(high, low) << 1;
        UInt128 sum = square + (middle << 64);
        UInt128 carry = sum < square ? UInt128.One : UInt128.Zero;
        return new Wide(Product(high, high) + (middle >> 64) + carry, sum);
    }

    /// <summary>The sum; it wraps at 2^256.</summary>
    public Wide Plus(Wide other)
    {
        UInt128 low = unchecked(Low + other.Low);
        return new Wide(unchecked(High + other.High + (low < Low ? UInt128.One : UInt128.Zero)), low);
    }

    /// <summary>The same number, of any size.</summary>
    public BigInteger ToBigInteger() => ((BigInteger)High << 128) + (BigInteger)Low;

    private static UInt128 Product(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return new UInt128(high, low);
    }
}
