using System.Globalization;

namespace Serving.Engine.Bundles;

/// <summary>C99 hex floats of binary64, <c>0x1.8p+3</c>, as statistics hold borders (R103).</summary>
internal static class HexFloat
{
    private const int FractionDigitsMax = 13;

    /// <summary>Reads a number of the form that C's <c>%a</c> writes; false for any other text.</summary>
    public static bool TryParse(string text, out double number)
    {
        number = 0;
        ReadOnlySpan<char> rest = text;
        bool isNegative = rest.StartsWith('-');
        rest = isNegative ? rest[1..] : rest;
        int power = rest.IndexOf('p');
        if (!rest.StartsWith("0x") || power < 3
            || !int.TryParse(
                rest[(power + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent))
        {
            return false;
        }

        ReadOnlySpan<char> mantissa = rest[2..power];
        int point = mantissa.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? mantissa : mantissa[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : mantissa[(point + 1)..];
        if (whole.Length != 1 || fraction.Length > FractionDigitsMax
            || !ulong.TryParse(whole, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong units)
            || !TryFraction(fraction, out ulong parts))
        {
            return false;
        }

        double value = units + (parts / (double)(1UL << (4 * fraction.Length)));
        number = Math.ScaleB(isNegative ? -value : value, exponent);
        return double.IsFinite(number);
    }

    private static bool TryFraction(ReadOnlySpan<char> digits, out ulong parts)
    {
        parts = 0;
        return digits.IsEmpty
            || ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out parts);
    }
}
