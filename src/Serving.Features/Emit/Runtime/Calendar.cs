using System.Numerics;
using Serving.Data.Numerics;

namespace Serving.Features.Emit.Runtime;

/// <summary>Calendar functions as emitted code calls them; zones by their number in the tables (R58, R61).</summary>
internal static class Calendar
{
    public static long HourOf(long time, int zone, CompiledFrame frame) => frame.Tables.Zones[zone].Hour(time);

    public static long WeekdayOf(long time, int zone, CompiledFrame frame) => frame.Tables.Zones[zone].Weekday(time);

    public static long DayOf(long time, int zone, CompiledFrame frame) => frame.Tables.Zones[zone].Day(time);

    public static long MonthOf(long time, int zone, CompiledFrame frame) => frame.Tables.Zones[zone].Month(time);

    public static long YearsBetween(long from, long to, int zone, CompiledFrame frame) =>
        frame.Tables.Zones[zone].YearsBetween(from, to);

    /// <summary>(to - from) / 1000, rounded once.</summary>
    public static double SecondsBetween(long from, long to)
    {
        Int128 difference = (Int128)to - from;
        return difference >= long.MinValue && difference <= long.MaxValue
            ? DecimalConversion.ToDouble((long)difference, 3)
            : ExactRatio.ToDouble((BigInteger)difference, 1000);
    }
}
