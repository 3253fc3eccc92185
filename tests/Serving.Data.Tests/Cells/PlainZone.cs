using Serving.Data.Time;

namespace Serving.Data.Tests.Cells;

/// <summary>A zone with one offset and no rules, so that these tests need no time zone database.</summary>
internal sealed class PlainZone(int offsetHours) : ILocalTimeZone
{
    public long ToUtcMs(
        int year, int month, int day, int hour = 0, int minute = 0, int second = 0, int millisecond = 0) =>
        new DateTimeOffset(year, month, day, hour, minute, second, millisecond, TimeSpan.FromHours(offsetHours))
            .ToUnixTimeMilliseconds();
}
