using System.Globalization;
using Serving.Data.Windows;
using Serving.State;

namespace Serving.Engine.Versions;

/// <summary>Says how far a log's history is.</summary>
internal static class HistoryWords
{
    private const long SecondMs = 1000;
    private const long MinuteMs = 60 * SecondMs;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;

    /// <summary>The reason of a version, about the log that lacks most.</summary>
    /// <param name="log">The log.</param>
    /// <param name="known">When its history begins; null where the store has not said it.</param>
    /// <param name="now">Now, in milliseconds of the Unix epoch.</param>
    /// <param name="others">Other logs whose history is not whole either.</param>
    public static string Of(KeyedLog log, LogHistory? known, long now, int others)
    {
        string keys = string.Join(", ", log.EventKey.Select(field => log.Event.Schema.Fields[field].Name));
        string windows = $"its windows over '{log.Event.Schema.Name} by {keys}'";
        string more = others == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {others} more such)");
        if (known is not { } history)
        {
            return $"the store has not said since when {windows}{more} have history";
        }

        string since = DateTimeOffset.FromUnixTimeMilliseconds(history.SinceMs).UtcDateTime.ToString(
            "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        string far = log.HorizonMs < 0
            ? "and look back without end: only a backfill makes it whole"
            : $"{Passed(now - history.SinceMs, log.HorizonMs)} of {Whole(log.HorizonMs)}";
        return $"{windows}{more} have history since {since}{(log.HorizonMs < 0 ? " " : ", ")}{far}";
    }

    // So coarse that the status of a version with long windows does not change at each look.
    private static string Passed(long ms, long horizonMs) => Math.Max(0, ms) switch
    {
        var passed when passed >= 2 * DayMs => Number(passed, DayMs, "d"),
        var passed when horizonMs >= DayMs && passed >= HourMs => Number(passed, HourMs, "h"),
        var passed when horizonMs >= 10 * MinuteMs => Number(passed, MinuteMs, "min"),
        var passed => Number(passed, SecondMs, "s"),
    };

    private static string Whole(long ms) =>
        ms % DayMs == 0 ? Number(ms, DayMs, "d")
        : ms % HourMs == 0 ? Number(ms, HourMs, "h")
        : ms % MinuteMs == 0 ? Number(ms, MinuteMs, "min")
        : string.Create(CultureInfo.InvariantCulture, $"{ms / (double)SecondMs} s");

    private static string Number(long ms, long unit, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{ms / unit} {name}");
}
