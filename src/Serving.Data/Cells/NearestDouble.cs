using System.Numerics;

namespace Serving.Data.Cells;

/// <summary>
/// The binary64 nearest to digits * 10^power, ties to even, for up to 19 digits.
/// </summary>
/// <remarks>
/// Algorithm: Daniel Lemire, "Number parsing at a gigabyte per second" (2021), with the refinement of Noble Mushtak and
/// Daniel Lemire, "Fast number parsing without fallback" (2022): one or two products of 64 bits decide.
/// </remarks>
internal static class NearestDouble
{
    // Results near the ends of the range are left to the caller: subnormals round elsewhere, overflow is no number.
    private const int PowerMax = 288;
    private const int SignificandBits = 52;
    private const int ExponentBias = 1023;
    private const ulong DecidingMask = ulong.MaxValue >> (SignificandBits + 3);

    /// <summary>False when the result is out of the normal range or nearly so. REQUIRES: digits is not 0.</summary>
    public static bool TryRound(ulong digits, int power, out double value)
    {
        value = 0;
        if (power is < PowersOfTen.Min or > PowerMax)
        {
            return false;
        }

        int zeros = BitOperations.LeadingZeroCount(digits);
        ulong factor = digits << zeros;
        (ulong high, ulong low) = PowersOfTen.RoundedDown(power);
        ulong top = Math.BigMul(factor, high, out ulong bottom);
        if ((top & DecidingMask) == DecidingMask)
        {
            ulong carry = Math.BigMul(factor, low, out _);
            bottom += carry;
            top += bottom < carry ? 1UL : 0;
        }

        int upper = (int)(top >> 63);
        int shift = upper + 64 - SignificandBits - 3;
        ulong significand = top >> shift;
        int exponent = PowersOfTen.FloorLog2(power) + 63 + upper - zeros + ExponentBias;
        if (exponent <= 0)
        {
            return false;
        }

        // Only here can the digits stand exactly between two numbers; then the even one is right.
        if (bottom <= 1 && power is >= -4 and <= 23 && (significand & 3) == 1 && significand << shift == top)
        {
            significand &= ~1UL;
        }

        significand += significand & 1;
        significand >>= 1;
        if (significand >= 2UL << SignificandBits)
        {
            significand = 1UL << SignificandBits;
            exponent++;
        }

        if (exponent >= 2047)
        {
            return false;
        }

        significand &= ~(1UL << SignificandBits);
        value = BitConverter.UInt64BitsToDouble(significand | ((ulong)exponent << SignificandBits));
        return true;
    }
}
