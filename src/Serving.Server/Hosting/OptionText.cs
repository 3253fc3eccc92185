using System.Buffers;
using System.Globalization;
using Serving.Data.Time;

namespace Serving.Server.Hosting;

/// <summary>Texts of durations, sizes, numbers and switches as options have them.</summary>
internal static class OptionText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");

    private static readonly TimeSpan s_timerMax = TimeSpan.FromDays(24);

    /// <summary>A duration: digits with a point, then ms, s, m, h or d; 0 alone. Less than 24 days, what timers take.
    /// </summary>
    public static bool TryDuration(string text, out TimeSpan value) =>
        DurationText.TryParse(text, out value) && value < s_timerMax;

    /// <summary>A percentage, 0 to 100, such as <c>0.5%</c>; a number may do without the sign.</summary>
    public static bool TryPercent(string text, bool isNumber, out decimal percent)
    {
        percent = 0;
        bool hasSign = text.EndsWith('%');
        return hasSign != isNumber && TryNumber(hasSign ? text[..^1] : text, out percent) && percent <= 100;
    }

    /// <summary>A decimal number that is not negative, without an exponent.</summary>
    public static bool TryNumber(string text, out decimal value) => decimal.TryParse(
        text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    /// <summary>A size in bytes: digits, then nothing, KiB, MiB, GiB, TiB, kB, MB, GB or TB.</summary>
    public static bool TryLongSize(string text, out long value)
    {
        int unitStart = text.AsSpan().IndexOfAnyExcept(s_digits);
        string number = unitStart < 0 ? text : text[..unitStart];
        long factor = (unitStart < 0 ? "" : text[unitStart..]) switch
        {
            "" => 1,
            "KiB" => 1L << 10,
            "MiB" => 1L << 20,
            "GiB" => 1L << 30,
            "TiB" => 1L << 40,
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            _ => 0,
        };
        value = 0;
        if (factor == 0 || !TryInteger(number, out int count))
        {
            return false;
        }

        value = count * factor;
        return count <= long.MaxValue / factor;
    }

    /// <summary>A size in bytes, at most 2 GiB - 1.</summary>
    public static bool TrySize(string text, out int value)
    {
        bool isSize = TryLongSize(text, out long size) && size <= int.MaxValue;
        value = isSize ? (int)size : 0;
        return isSize;
    }

    /// <summary>Digits without leading zeros: YAML reads 010 as 8, people as 10.</summary>
    public static bool TryInteger(string text, out int value)
    {
        value = 0;
        return (text.Length == 1 || !text.StartsWith('0'))
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A switch: true or false, 1 or 0; the bare option is true.</summary>
    public static bool TrySwitch(string text, out bool value)
    {
        value = text is "true" or "1" or "";
        return value || text is "false" or "0";
    }

    /// <summary>The nearest of some names, or null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        string? best = null;
        int bestDistance = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in names)
        {
            int distance = Distance(name, candidate);
            if (distance < bestDistance)
            {
                bestDistance = distance;
                best = candidate;
            }
        }

        return best;
    }

    // Levenshtein's distance.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                int change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
