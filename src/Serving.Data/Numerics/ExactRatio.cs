using System.Numerics;

namespace Serving.Data.Numerics;

/// <summary>Correctly rounded quotients of integers of any size.</summary>
public static class ExactRatio
{
    // Two digits more than a double: the digit that decides the rounding and one in reserve for a quotient one digit
    // short.
    private const int QuotientBits = 56;

    /// <summary>The double nearest to numerator / denominator, ties to even.</summary>
    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Any integer but 0.</param>
    /// <returns>
    /// A finite number: beyond the range the largest double of that sign; subnormals are rounded once, too.
    /// </returns>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    /// <remarks>Thread-safe; allocates.</remarks>
    public static double ToDouble(BigInteger numerator, BigInteger denominator) => ToDouble(numerator, denominator, 0);

    /// <summary>The double nearest to numerator / denominator * 2^exponent.</summary>
    internal static double ToDouble(BigInteger numerator, BigInteger denominator, int exponent)
    {
        int shift = QuotientBits + (int)(denominator.GetBitLength() - numerator.GetBitLength());
        BigInteger quotient = shift >= 0
            ? BigInteger.DivRem(BigInteger.Abs(numerator) << shift, BigInteger.Abs(denominator), out BigInteger rest)
            : BigInteger.DivRem(BigInteger.Abs(numerator), BigInteger.Abs(denominator) << -shift, out rest);
        double size = BinaryRounding.ToDouble(quotient, (long)exponent - shift, !rest.IsZero);
        size = Math.Min(size, double.MaxValue);
        return numerator.Sign * denominator.Sign < 0 ? -size : size;
    }
}
