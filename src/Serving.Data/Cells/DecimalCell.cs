using System.Buffers.Text;

namespace Serving.Data.Cells;

/// <summary>
/// Text of decimals: digits, and behind a point at most as many more as the scale; no exponent, no plus (R93). Numbers
/// never pass through binary floating point.
/// </summary>
internal static class DecimalCell
{
    private static readonly long[] s_powersOfTen =
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    public static CellFault Parse(ReadOnlySpan<byte> text, int scale, out long minor)
    {
        minor = 0;
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        ReadOnlySpan<byte> rest = negative ? text[1..] : text;
        int point = rest.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? rest : rest[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? [] : rest[(point + 1)..];
        if (!AreDigits(whole) || (point >= 0 && !AreDigits(fraction)))
        {
            return CellFault.Malformed;
        }

        return fraction.Length > scale ? CellFault.TooManyDigits : Combine(whole, fraction, scale, negative, out minor);
    }

    public static int Write(Span<byte> destination, long minor, int scale)
    {
        if (scale == 0)
        {
            return IntegerCell.Write(destination, minor);
        }

        int at = 0;
        ulong magnitude = minor < 0 ? 0UL - (ulong)minor : (ulong)minor;
        if (minor < 0)
        {
            destination[at++] = (byte)'-';
        }

        ulong power = (ulong)s_powersOfTen[scale];
        ulong whole = magnitude / power;
        Utf8Formatter.TryFormat(whole, destination[at..], out int written);
        at += written;
        destination[at++] = (byte)'.';
        ulong fraction = magnitude - (whole * power);
        for (int place = at + scale - 1; place >= at; place--)
        {
            destination[place] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }

        return at + scale;
    }

    private static bool AreDigits(ReadOnlySpan<byte> text)
    {
        foreach (byte digit in text)
        {
            if ((uint)(digit - '0') > 9)
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    private static CellFault Combine(
        ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int scale, bool negative, out long minor)
    {
        // The greatest sum before a step that still fits is known, so that hostile lengths cannot wrap around.
        ulong limit = negative ? 1UL << 63 : long.MaxValue;
        minor = 0;
        if (!Append(whole, limit, 0, out ulong sum) || !Append(fraction, limit, sum, out sum))
        {
            return CellFault.OutOfRange;
        }

        ulong power = (ulong)s_powersOfTen[scale - fraction.Length];
        if (sum > limit / power)
        {
            return CellFault.OutOfRange;
        }

        sum *= power;
        minor = negative ? (long)(0 - sum) : (long)sum;
        return CellFault.None;
    }

    private static bool Append(ReadOnlySpan<byte> digits, ulong limit, ulong start, out ulong sum)
    {
        sum = start;
        foreach (byte digit in digits)
        {
            uint number = (uint)(digit - '0');
            if (sum > (limit - number) / 10)
            {
                return false;
            }

            sum = (sum * 10) + number;
        }

        return true;
    }
}
