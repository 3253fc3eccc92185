using System.Globalization;

namespace Serving.Features.Syntax;

/// <summary>
/// Reads the timestamps of a script (R2): <c>YYYY-MM-DDTHH:MM:SS[.f{1,3}]</c>, then Z, +HH:MM or -HH:MM.
/// </summary>
internal static class TimestampText
{
    private const int SecondsEnd = 19;

    /// <summary>Milliseconds since 1970 UTC; false where the text has another shape or names no real moment.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length <= SecondsEnd || !TryReadSeconds(text[..SecondsEnd], out DateTime moment))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[SecondsEnd..];
        int fraction = 0;
        if (rest[0] == '.')
        {
            int digits = 1;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
            {
                digits++;
            }

            if (digits is 1 or > 4)
            {
                return false;
            }

            fraction = int.Parse(rest[1..digits], CultureInfo.InvariantCulture);
            fraction *= digits switch { 2 => 100, 3 => 10, _ => 1 };
            rest = rest[digits..];
        }

        if (!TryReadOffset(rest, out int offsetMinutes))
        {
            return false;
        }

        milliseconds = ((moment.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond)
            + fraction - (offsetMinutes * 60_000L);
        return true;
    }

    private static bool TryReadSeconds(ReadOnlySpan<char> text, out DateTime moment) =>
        DateTime.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out moment);

    private static bool TryReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !int.TryParse(text[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || !int.TryParse(text[4..], NumberStyles.None, CultureInfo.InvariantCulture, out minutes)
            || hours > 23 || minutes > 59)
        {
            return false;
        }

        minutes = (hours * 60) + minutes;
        minutes = text[0] == '-' ? -minutes : minutes;
        return true;
    }
}
