using System.Globalization;

namespace Serving.Features.Tests.Conformance;

/// <summary>Floats as R94 writes them: shortest digits, plain for decimal exponents -4 to 14, else with E.</summary>
internal static class FloatText
{
    public static string Of(double value)
    {
        string shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 16; digits++)
        {
            string text = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(text, CultureInfo.InvariantCulture) == value)
            {
                shortest = text;
                break;
            }
        }

        // Of several shortest texts "R" knows the nearest; its digits are taken, its choice of notation is not.
        string nearest = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = value < 0 ? "-" : "";
        int exponent =
            int.Parse(shortest[(shortest.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        string mantissa = nearest.Split('E')[0];
        string all = new string([.. mantissa.Where(char.IsAsciiDigit)]).TrimStart('0').TrimEnd('0');
        return value == 0
            ? "0"
            : sign + (exponent is >= -4 and <= 14 ? Plain(all, exponent) : Scientific(all, exponent));
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0')
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Scientific(string digits, int exponent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}"
            + $"E{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
}
