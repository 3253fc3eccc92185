namespace Serving.Cli.Simulation;

/// <summary>When people pay: the hours of a day, the days of a week, the days after pay day.</summary>
internal static class DailyRhythm
{
    private const int HourMs = 60 * 60 * 1000;

    /// <summary>Payments in shops per local hour, in no unit: lunch, the way home, hardly any at night.</summary>
    private static readonly int[] ShopHours =
        [2, 1, 1, 1, 1, 2, 6, 14, 22, 26, 30, 36, 44, 38, 30, 30, 36, 48, 52, 40, 26, 16, 9, 4];

    /// <summary>Payments online per local hour: the evening.</summary>
    private static readonly int[] OnlineHours =
        [9, 5, 3, 2, 2, 2, 4, 8, 12, 16, 18, 19, 22, 20, 18, 18, 20, 22, 26, 32, 40, 42, 32, 18];

    private static readonly int ShopSum = ShopHours.Sum();

    private static readonly int OnlineSum = OnlineHours.Sum();

    /// <summary>Busyness of a day over the average day.</summary>
    public static double FactorOf(DateOnly day)
    {
        double week = day.DayOfWeek switch
        {
            DayOfWeek.Friday => 1.15,
            DayOfWeek.Saturday => 1.3,
            DayOfWeek.Sunday => 0.75,
            DayOfWeek.Monday => 0.9,
            _ => 0.975,
        };
        return day.Day is >= 26 or <= 3 ? week * 1.12 : week * 0.97;
    }

    /// <summary>A time in milliseconds of the UTC day; what is late in the local day wraps round within it.</summary>
    public static int PickTime(bool isOnline, int utcOffsetHours, int hoursLate, Xoshiro256 random)
    {
        int[] hours = isOnline ? OnlineHours : ShopHours;
        int left = random.NextBelow(isOnline ? OnlineSum : ShopSum);
        int hour = Array.FindIndex(hours, weight => (left -= weight) < 0);
        int utcHour = (hour + hoursLate - utcOffsetHours + 48) % 24;
        return (utcHour * HourMs) + random.NextBelow(HourMs);
    }
}
