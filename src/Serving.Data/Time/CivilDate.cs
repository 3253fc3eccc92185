using System.Runtime.InteropServices;

namespace Serving.Data.Time;

/// <summary>A day of the proleptic Gregorian calendar with a year 0.</summary>
/// <param name="Year">Astronomical year, negative before year 0.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 31.</param>
/// <remarks>
/// Days to dates and back after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013): eras of 400 years,
/// years that begin on 1 March, so that the leap day is the last.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CivilDate(int Year, int Month, int Day)
{
    internal const long DaysPerEra = 146_097;

    // From 1 March of year 0 to 1 January 1970.
    private const long DaysToEpoch = 719_468;

    /// <summary>The date that many days after 1 January 1970; requires |days| below 2^37.</summary>
    public static CivilDate FromDays(long days)
    {
        days += DaysToEpoch;
        long era = FloorDivide(days, DaysPerEra);
        var dayOfEra = (uint)(days - (era * DaysPerEra));
        uint yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        uint dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        uint monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        uint day = dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1;
        int month = monthFromMarch < 10 ? (int)monthFromMarch + 3 : (int)monthFromMarch - 9;
        long year = (era * 400) + yearOfEra + (month <= 2 ? 1 : 0);
        return new CivilDate((int)year, month, (int)day);
    }

    /// <summary>
    /// Days from 1 January 1970 to the date; a day beyond the end of its month runs on into the next.
    /// </summary>
    public long ToDays()
    {
        long year = Month <= 2 ? Year - 1L : Year;
        long era = FloorDivide(year, 400);
        long yearOfEra = year - (era * 400);
        long dayOfYear = (((153 * (Month > 2 ? Month - 3 : Month + 9)) + 2) / 5) + Day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - DaysToEpoch;
    }

    internal static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return value - (quotient * divisor) < 0 ? quotient - 1 : quotient;
    }
}
