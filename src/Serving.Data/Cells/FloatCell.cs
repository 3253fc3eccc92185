using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Serving.Data.Cells;

/// <summary>
/// Text of binary64 numbers. Reading takes any decimal syntax and rounds correctly; writing gives the shortest digits
/// that round-trip, plain for decimal exponents -4 to 14, else with E, sign and at least two digits (R94).
/// </summary>
internal static class FloatCell
{
    /// <summary>Most bytes of a written number: sign, 17 digits, point, E, sign, three digits.</summary>
    public const int BytesMax = 32;

    // 10^0 .. 10^22 are exact in binary64; with an exact mantissa one IEEE operation rounds correctly (Clinger 1990).
    private const int ExactPowerMax = 22;
    private const ulong ExactMantissaMax = 1UL << 53;
    private const int MantissaDigitsMax = 19;
    private const int ExponentMax = 100_000;

    private static readonly double[] s_powersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];

    public static CellFault Parse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int at = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? 1 : 0;
        bool negative = at == 1 && text[0] == (byte)'-';
        ulong mantissa = 0;
        int significant = 0;
        int wholeStart = at;
        at = Digits(text, at, ref mantissa, ref significant);
        int digits = at - wholeStart;
        int exponent = 0;
        if (at < text.Length && text[at] == (byte)'.')
        {
            int fractionStart = ++at;
            at = Digits(text, at, ref mantissa, ref significant);
            digits += at - fractionStart;
            exponent = fractionStart - at;
        }

        if (digits == 0)
        {
            return IsNotFiniteWord(text[(wholeStart == 1 ? 1 : 0)..]) ? CellFault.NotFinite : CellFault.Malformed;
        }

        if (at < text.Length && !Exponent(text, ref at, ref exponent))
        {
            return CellFault.Malformed;
        }

        if (significant <= MantissaDigitsMax && mantissa <= ExactMantissaMax && Math.Abs(exponent) <= ExactPowerMax)
        {
            double magnitude = exponent < 0 ? mantissa / s_powersOfTen[-exponent] : mantissa * s_powersOfTen[exponent];
            value = negative ? -magnitude : magnitude;
            return CellFault.None;
        }

        if (significant <= MantissaDigitsMax && mantissa != 0 && NearestDouble.TryRound(mantissa, exponent, out value))
        {
            value = negative ? -value : value;
            return CellFault.None;
        }

        return ParseAnyLength(text, out value);
    }

    public static int Write(Span<byte> destination, double value)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return WriteSpecial(destination, value);
        }

        int at = 0;
        if (value < 0)
        {
            destination[at++] = (byte)'-';
            value = -value;
        }

        ulong digits = ShortestDigits.Of(value, out int power);
        ShortestDigits.StripZeros(ref digits, ref power);
        Span<byte> text = destination[at..];
        Utf8Formatter.TryFormat(digits, text, out int count);
        int exponent = power + count - 1;
        return at + (exponent is < -4 or > 14 ? Scientific(text, count, exponent) : Plain(text, count, power));
    }

    // Leading zeros carry no digit; digits beyond the mantissa's room are counted so that the slow path is taken.
    private static int Digits(ReadOnlySpan<byte> text, int at, ref ulong mantissa, ref int significant)
    {
        for (; at < text.Length; at++)
        {
            uint number = (uint)(text[at] - '0');
            if (number > 9)
            {
                break;
            }

            if (significant < MantissaDigitsMax)
            {
                mantissa = (mantissa * 10) + number;
            }

            significant += mantissa == 0 ? 0 : 1;
        }

        return at;
    }

    private static bool Exponent(ReadOnlySpan<byte> text, ref int at, ref int exponent)
    {
        if (text[at] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }

        at++;
        bool negative = at < text.Length && text[at] == (byte)'-';
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
        {
            at++;
        }

        if (at == text.Length)
        {
            return false;
        }

        int written = 0;
        for (; at < text.Length; at++)
        {
            uint number = (uint)(text[at] - '0');
            if (number > 9)
            {
                return false;
            }

            written = Math.Min((written * 10) + (int)number, ExponentMax);
        }

        exponent += negative ? -written : written;
        return true;
    }

    // The platform's parser is correctly rounded for any number of digits since .NET Core 3.0.
    private static CellFault ParseAnyLength(ReadOnlySpan<byte> text, out double value)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return CellFault.Malformed;
        }

        return double.IsFinite(value) ? CellFault.None : CellFault.NotFinite;
    }

    private static bool IsNotFiniteWord(ReadOnlySpan<byte> word) =>
        Ascii.EqualsIgnoreCase(word, "nan"u8) || Ascii.EqualsIgnoreCase(word, "inf"u8)
        || Ascii.EqualsIgnoreCase(word, "infinity"u8);

    private static int WriteSpecial(Span<byte> destination, double value)
    {
        ReadOnlySpan<byte> text = value switch
        {
            0 => "0"u8,
            double.PositiveInfinity => "inf"u8,
            double.NegativeInfinity => "-inf"u8,
            _ => "NaN"u8,
        };
        text.CopyTo(destination);
        return text.Length;
    }

    // `text` begins with the digits; zeros follow, or a point goes in, or zeros go before.
    private static int Plain(Span<byte> text, int count, int power)
    {
        if (power >= 0)
        {
            text.Slice(count, power).Fill((byte)'0');
            return count + power;
        }

        int whole = count + power;
        if (whole > 0)
        {
            text[whole..count].CopyTo(text[(whole + 1)..]);
            text[whole] = (byte)'.';
            return count + 1;
        }

        int lead = 2 - whole;
        text[..count].CopyTo(text[lead..]);
        text[..lead].Fill((byte)'0');
        text[1] = (byte)'.';
        return lead + count;
    }

    private static int Scientific(Span<byte> text, int count, int exponent)
    {
        int at = count;
        if (count > 1)
        {
            text[1..count].CopyTo(text[2..]);
            text[1] = (byte)'.';
            at++;
        }

        text[at++] = (byte)'E';
        text[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
        uint magnitude = (uint)Math.Abs(exponent);
        if (magnitude < 10)
        {
            text[at++] = (byte)'0';
        }

        Utf8Formatter.TryFormat(magnitude, text[at..], out int written);
        return at + written;
    }
}
