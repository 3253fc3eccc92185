using Serving.Data.Time;

namespace Serving.Data.Tests.Cells;

/// <summary>A zone with one offset and no rules, so that these tests need no time zone database.</summary>
internal sealed class PlainZone(int offsetHours) : ILocalTimeZone
{
    public long ToUtcMs(
        int year, int month, int day, int hour, int minute, int second, int ms) =>
        new DateTimeOffset(year, month, day, hour, minute, second, ms, TimeSpan.FromHours(offsetHours))
            .ToUnixTimeMilliseconds();
}
