using System.Buffers;
using System.Globalization;

namespace Serving.Features.Explanation;

/// <summary>Sizes in words: bytes, or kilobytes (1,000 bytes) and megabytes with one digit behind the point.</summary>
public static class SizeText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private const double Kilo = 1000;
    private const double Mega = 1_000_000;

    /// <summary>The text of a size, e.g. <c>712 B</c>, <c>17.3 KB</c>.</summary>
    public static string Of(long bytes) => bytes switch
    {
        < (long)Kilo => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < (long)Mega => string.Create(CultureInfo.InvariantCulture, $"{bytes / Kilo:0.#} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / Mega:0.#} MB"),
    };

    /// <summary>
    /// Reads a size: digits, maybe with a point, then nothing or B, kB, KB, MB, GB (powers of 1,000), KiB, MiB, GiB;
    /// a blank may stand between. False for anything else and below 1 byte.
    /// </summary>
    public static bool TryParse(string text, out long bytes)
    {
        int unitStart = text.AsSpan().IndexOfAnyExcept(s_digits);
        string unit = unitStart < 0 ? "" : text[unitStart..].Trim(' ');
        double factor = unit switch
        {
            "" or "B" => 1,
            "kB" or "KB" => Kilo,
            "MB" => Mega,
            "GB" => Kilo * Mega,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => 0,
        };
        bytes = 0;
        string number = unitStart < 0 ? text : text[..unitStart];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            || count * factor is not (>= 1 and < long.MaxValue))
        {
            return false;
        }

        bytes = (long)(count * factor);
        return true;
    }
}
