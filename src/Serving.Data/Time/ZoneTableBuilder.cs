using NodaTime;
using NodaTime.TimeZones;

namespace Serving.Data.Time;

/// <summary>Reads the zones of the tzdata release inside NodaTime into flat arrays.</summary>
internal static class ZoneTableBuilder
{
    public static string TzdbVersion { get; } = TzdbDateTimeZoneSource.Default.TzdbVersion;

    /// <summary>The table of a zone of the release, or null.</summary>
    public static ZoneTable? Build(string id)
    {
        // The provider would also take fixed offsets such as UTC+3, which no release lists.
        if (!DateTimeZoneProviders.Tzdb.Ids.Contains(id))
        {
            return null;
        }

        DateTimeZone zone = DateTimeZoneProviders.Tzdb[id];
        Instant end = Instant.FromUtc(ZoneTable.LastYear + 1, 1, 1, 0, 0);
        var starts = new List<long>();
        var offsets = new List<int>();
        foreach (ZoneInterval interval in zone.GetZoneIntervals(Instant.MinValue, end))
        {
            // Intervals may differ by name alone; equal offsets are one interval.
            int offset = interval.WallOffset.Milliseconds;
            if (offsets.Count > 0 && offsets[^1] == offset)
            {
                continue;
            }

            starts.Add(offsets.Count == 0 ? long.MinValue : interval.Start.ToUnixTimeMilliseconds());
            offsets.Add(offset);
        }

        return new ZoneTable(id, [.. starts], [.. offsets]);
    }
}
