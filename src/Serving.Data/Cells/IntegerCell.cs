using System.Buffers.Text;

namespace Serving.Data.Cells;

/// <summary>Text of 64-bit integers: an optional minus and digits; no plus, no blanks, no point.</summary>
internal static class IntegerCell
{
    // 18 digits are below 2^63 whatever they are; longer texts take the checked path.
    private const int SafeDigits = 18;

    public static CellFault Parse(ReadOnlySpan<byte> text, out long value)
    {
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        value = 0;
        if (digits.IsEmpty || digits.Length > SafeDigits)
        {
            return ParseLong(digits, negative, out value);
        }

        foreach (byte digit in digits)
        {
            uint number = (uint)(digit - '0');
            if (number > 9)
            {
                return CellFault.Malformed;
            }

            value = (value * 10) + number;
        }

        value = negative ? -value : value;
        return CellFault.None;
    }

    public static int Write(Span<byte> destination, long value)
    {
        Utf8Formatter.TryFormat(value, destination, out int written);
        return written;
    }

    private static CellFault ParseLong(ReadOnlySpan<byte> digits, bool negative, out long value)
    {
        value = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return CellFault.Malformed;
        }

        ulong sum = 0;
        ulong limit = negative ? 1UL << 63 : long.MaxValue;
        foreach (byte digit in digits)
        {
            uint number = (uint)(digit - '0');
            if (sum > (limit - number) / 10)
            {
                return CellFault.OutOfRange;
            }

            sum = (sum * 10) + number;
        }

        value = negative ? (long)(0 - sum) : (long)sum;
        return CellFault.None;
    }
}
