using System.Buffers;
using System.Globalization;

namespace Serving.Data.Time;

/// <summary>
/// Durations as people write them: <c>500ms</c>, <c>10s</c>, <c>2.5m</c>, <c>1h</c>, <c>400d</c>. Safe for use by
/// several threads.
/// </summary>
public static class DurationText
{
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Ticks)[] s_units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>
    /// Reads digits with a point, then ms, s, m, h or d; 0 alone. False where it is none or more than 10,000 days.
    /// </summary>
    public static bool TryParse(string text, out TimeSpan value)
    {
        int unitStart = text.AsSpan().IndexOfAnyExcept(s_number);
        string number = unitStart < 0 ? text : text[..unitStart];
        string unit = unitStart < 0 ? "" : text[unitStart..];
        long ticks = number is "0" && unit.Length == 0
            ? 1
            : Array.Find(s_units, candidate => candidate.Unit == unit).Ticks;
        value = default;
        if (ticks == 0
            || !decimal.TryParse(
                number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            || count > 10_000m * TimeSpan.TicksPerDay / ticks)
        {
            return false;
        }

        value = new TimeSpan((long)(count * ticks));
        return true;
    }

    /// <summary>
    /// Writes a duration, not negative, in its greatest unit that takes no fraction; below a millisecond in fractions
    /// of one. <see cref="TryParse"/> reads the same again.
    /// </summary>
    public static string Of(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0";
        }

        (string unit, long ticks) = Array.Find(s_units, candidate => value.Ticks % candidate.Ticks == 0);
        return unit is null
            ? string.Create(
                CultureInfo.InvariantCulture, $"{(decimal)value.Ticks / TimeSpan.TicksPerMillisecond:0.####}ms")
            : string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{unit}");
    }
}
