using System.Numerics;
using Serving.Data.Numerics;
using Serving.Data.Time;

namespace Serving.Features.Emit.Runtime;

/// <summary>Calendar functions as emitted code calls them; zones by their number in the tables (R58, R61).</summary>
internal static class Calendar
{
    public static long HourOf(long time, int zone, CompiledFrame frame) =>
        ZoneTable.HourOfLocal(frame.LocalTime(time, zone));

    public static long WeekdayOf(long time, int zone, CompiledFrame frame) =>
        ZoneTable.WeekdayOfLocal(frame.LocalTime(time, zone));

    public static long DayOf(long time, int zone, CompiledFrame frame) =>
        ZoneTable.DateOfLocal(frame.LocalTime(time, zone)).Day;

    public static long MonthOf(long time, int zone, CompiledFrame frame) =>
        ZoneTable.DateOfLocal(frame.LocalTime(time, zone)).Month;

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
