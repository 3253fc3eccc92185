using System.Numerics;
using Serving.Data.Time;

namespace Serving.Features.Evaluation;

/// <summary>The calendar functions: a moment's local date and time in a zone, by counting days (R58 to R61).</summary>
internal sealed class InterpretedCalendar
{
    private const long DayMs = 86_400_000;
    private const long HourMs = 3_600_000;
    private const int DaysOf400Years = 146_097;

    private InterpretedCalendar(BigInteger year, int month, int day, long timeOfDayMs, int weekday)
    {
        Year = year;
        Month = month;
        Day = day;
        TimeOfDayMs = timeOfDayMs;
        Weekday = weekday;
    }

    public BigInteger Year { get; }

    public int Month { get; }

    public int Day { get; }

    public long TimeOfDayMs { get; }

    /// <summary>1 (Monday) to 7 (R58).</summary>
    public int Weekday { get; }

    public int Hour => (int)(TimeOfDayMs / HourMs);

    public static InterpretedCalendar Of(BigInteger utcMs, ZoneTable zone)
    {
        BigInteger local = utcMs + zone.OffsetMs((long)utcMs);
        BigInteger days = new ExactNumber(local, DayMs).Floor();
        long timeOfDay = (long)(local - (days * DayMs));

        // 1970-01-01 was a Thursday, the fourth day of its week.
        int weekday = (int)Modulo(days + 3, 7) + 1;

        // The Gregorian calendar repeats after 400 years; 1970-01-01 is day 719,162 after 0001-01-01.
        BigInteger sinceYear1 = days + 719_162;
        BigInteger cycle = new ExactNumber(sinceYear1, DaysOf400Years).Floor();
        int rest = (int)(sinceYear1 - (cycle * DaysOf400Years));
        int year = 1;
        while (rest >= DaysOfYear(year))
        {
            rest -= DaysOfYear(year);
            year++;
        }

        int month = 1;
        while (rest >= DateTime.DaysInMonth(year, month))
        {
            rest -= DateTime.DaysInMonth(year, month);
            month++;
        }

        return new InterpretedCalendar((cycle * 400) + year, month, rest + 1, timeOfDay, weekday);
    }

    /// <summary>
    /// Complete calendar years from one moment to another: a year is complete when the local month, day and time of day
    /// have come round. 29 February so completes on 1 March where the year has none (R61). Where clocks go back the
    /// later moment may have the earlier local time; that is still no year, not less.
    /// </summary>
    public static BigInteger YearsBetween(BigInteger fromMs, BigInteger toMs, ZoneTable zone)
    {
        if (toMs < fromMs)
        {
            return -YearsBetween(toMs, fromMs, zone);
        }

        InterpretedCalendar from = Of(fromMs, zone);
        InterpretedCalendar to = Of(toMs, zone);
        bool isComplete = (to.Month, to.Day, to.TimeOfDayMs).CompareTo((from.Month, from.Day, from.TimeOfDayMs)) >= 0;
        return BigInteger.Max(0, to.Year - from.Year - (isComplete ? 0 : 1));
    }

    private static int DaysOfYear(int year) => DateTime.IsLeapYear(year) ? 366 : 365;

    private static BigInteger Modulo(BigInteger number, int divisor) =>
        number - (new ExactNumber(number, divisor).Floor() * divisor);
}
