using System.Globalization;

namespace Serving.Data.Numerics;

/// <summary>
/// Binary64 as C99 hexadecimal text, e.g. <c>0x1.91eb851eb851fp+1</c>: every number has exactly one (R103). The form is
/// that of C's <c>%a</c> with all 13 digits, and of Python's <c>float.hex</c>.
/// </summary>
public static class HexFloat
{
    private const string Zero = "0x0.0p+0";
    private const int FractionDigits = 13;
    private const int Bias = 1023;

    /// <summary>The text of a finite number.</summary>
    public static string Format(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int field = (int)(bits >> 52) & 0x7FF;
        long fraction = bits & ((1L << 52) - 1);
        string sign = bits < 0 ? "-" : "";
        if (field == 0 && fraction == 0)
        {
            return sign + Zero;
        }

        int exponent = Math.Max(field, 1) - Bias;
        return $"{sign}0x{(field == 0 ? '0' : '1')}.{fraction:x13}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
    }

    /// <summary>Reads the text of a finite number that is not -0.0; false for anything but that one text.</summary>
    public static bool TryParse(string text, out double value)
    {
        value = 0;
        if (text == Zero)
        {
            return true;
        }

        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> rest = text.AsSpan(isNegative ? 1 : 0);
        int digitsEnd = 4 + FractionDigits;
        if (rest.Length <= digitsEnd + 1
            || !long.TryParse(
                rest[4..digitsEnd], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long fraction)
            || !int.TryParse(
                rest[(digitsEnd + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent)
            || exponent is < 1 - Bias or > Bias)
        {
            return false;
        }

        int field = rest[2] == '0' ? 0 : exponent + Bias;
        value = BitConverter.Int64BitsToDouble(
            ((isNegative ? 1L : 0) << 63) | ((long)field << 52) | (fraction & ((1L << 52) - 1)));
        return Format(value) == text && value != 0;
    }
}
