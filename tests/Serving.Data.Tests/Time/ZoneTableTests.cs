using CsCheck;
using NodaTime;
using NodaTime.TimeZones;
using Serving.Data.Time;
using Xunit;

namespace Serving.Data.Tests.Time;

/// <summary>Every answer against NodaTime, which computes it another way.</summary>
public sealed class ZoneTableTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "Europe/Dublin", "Europe/Moscow", "America/New_York", "America/St_Johns",
        "America/Sao_Paulo", "Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Gaza",
        "Asia/Tehran", "Asia/Shanghai", "Australia/Lord_Howe", "Australia/Sydney", "Antarctica/Troll", "Pacific/Apia",
        "Pacific/Chatham", "Pacific/Kiritimati", "America/Santiago", "America/Nuuk", "Africa/Monrovia", "Etc/GMT+12",
        "CET", "US/Pacific",
    ];

    private static readonly Gen<string> Zone = Gen.Int[0, Zones.Length - 1].Select(index => Zones[index]);
    private static readonly long Year1800 = Instant.FromUtc(1800, 1, 1, 0, 0).ToUnixTimeMilliseconds();
    private static readonly long Year2110 = Instant.FromUtc(2110, 1, 1, 0, 0).ToUnixTimeMilliseconds();

    // From year -9000 to 9900, most of them in the years that have transitions.
    private static readonly Gen<long> AnyInstant = Gen.Frequency(
        (4, Gen.Long[Year1800, Year2110]),
        (1, Gen.Long[-346_000_000_000_000, 250_000_000_000_000]));

    [Fact]
    public void Parts_AnyInstant_EqualNodaTime() => Gen.Select(Zone, AnyInstant).Sample(CheckParts, iter: 20_000);

    [Fact]
    public void Parts_AroundEveryTransition_EqualNodaTime()
    {
        foreach (string id in Zones)
        {
            DateTimeZone zone = DateTimeZoneProviders.Tzdb[id];
            Instant end = Instant.FromUtc(2120, 1, 1, 0, 0);
            foreach (ZoneInterval interval in zone.GetZoneIntervals(Instant.MinValue, end))
            {
                if (interval.HasStart)
                {
                    long start = interval.Start.ToUnixTimeMilliseconds();
                    CheckParts(id, start - 1);
                    CheckParts(id, start);
                }
            }
        }
    }

    [Fact]
    public void SpanAt_AnyInstant_HasTheOffsetOfItsEnds() => Gen.Select(Zone, AnyInstant).Sample((name, instant) =>
    {
        ZoneTable zone = ZoneTable.Find(name)!;
        ZoneSpan span = zone.SpanAt(instant);
        Assert.InRange(instant, span.First, span.Last);
        Assert.Equal(zone.OffsetMs(instant), span.OffsetMs);
        Assert.Equal(zone.OffsetMs(span.First), span.OffsetMs);
        Assert.Equal(zone.OffsetMs(span.Last), span.OffsetMs);
    });

    [Fact]
    public void ToUtcMs_AnyLocalTime_EqualsNodaTime() => Gen.Select(Zone, AnyInstant).Sample(CheckToUtc, iter: 20_000);

    [Fact]
    public void ToUtcMs_AroundEveryTransition_EqualsNodaTime()
    {
        foreach (string id in Zones)
        {
            ZoneTable table = Table(id);
            foreach (long start in table.Starts[1..])
            {
                for (int minutes = -26 * 60; minutes <= 26 * 60; minutes += 15)
                {
                    CheckToUtc(id, start + (minutes * 60_000L));
                    CheckToUtc(id, start + (minutes * 60_000L) - 1);
                }

                // The table runs on to 2500; its later half repeats.
                if (start > Year2110)
                {
                    break;
                }
            }
        }
    }

    /// <summary>Period counts whole years by the same rule, but lets 29 February be complete on the 28th.</summary>
    [Fact]
    public void YearsBetween_AnyInstants_EqualNodaTimePeriods() =>
        Gen.Select(Zone, Gen.Long[Year1800, Year2110], Gen.Long[Year1800, Year2110]).Sample(
            (id, a, b) =>
            {
                LocalDateTime start = Local(id, Math.Min(a, b));
                LocalDateTime end = Local(id, Math.Max(a, b));
                if (start is { Month: 2, Day: 29 })
                {
                    return;
                }

                int years = Period.Between(start, end, PeriodUnits.Years).Years;
                Assert.Equal(a <= b ? years : -years, Table(id).YearsBetween(a, b));
            },
            iter: 20_000);

    [Theory]
    [InlineData("2004-02-29T00:00:00", "2005-02-28T23:59:59", 0)]
    [InlineData("2004-02-29T00:00:00", "2005-03-01T00:00:00", 1)]
    [InlineData("2004-02-29T12:00:00", "2008-02-29T11:59:59", 3)]
    [InlineData("2004-02-29T12:00:00", "2008-02-29T12:00:00", 4)]
    [InlineData("2008-02-29T12:00:00", "2004-02-29T12:00:00", -4)]
    [InlineData("2005-03-01T00:00:00", "2004-02-29T00:00:00", -1)]
    [InlineData("1999-12-31T23:59:59", "2000-01-01T00:00:00", 0)]
    [InlineData("2000-01-01T00:00:00", "2000-01-01T00:00:00", 0)]
    public void YearsBetween_Cases_CountCompleteYears(string a, string b, int expected) =>
        Assert.Equal(expected, ZoneTable.Utc.YearsBetween(Parse(a), Parse(b)));

    /// <summary>
    /// 01:50 before and 01:10 after the clocks went back: forty minutes less on the clock, but not a year less.
    /// </summary>
    [Fact]
    public void YearsBetween_WhileClocksGoBack_IsZero()
    {
        ZoneTable berlin = Table("Europe/Berlin");
        long first = Parse("2023-10-29T00:50:00");
        Assert.Equal(0, berlin.YearsBetween(first, Parse("2023-10-29T01:10:00")));
        Assert.Equal(0, berlin.YearsBetween(Parse("2023-10-29T01:10:00"), first));
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 86_400_000)]
    [InlineData(0)]
    public void Parts_ExtremeInstants_StayInRange(long instant)
    {
        foreach (string id in Zones)
        {
            ZoneTable table = Table(id);
            Assert.InRange(table.Hour(instant), 0, 23);
            Assert.InRange(table.Weekday(instant), 1, 7);
            Assert.InRange(table.Day(instant), 1, 31);
            Assert.InRange(table.Month(instant), 1, 12);
            Assert.InRange(table.Year(instant), -292_300_000, 292_300_000);
            Assert.Equal(-table.YearsBetween(0, instant), table.YearsBetween(instant, 0));
        }
    }

    [Fact]
    public void OffsetMs_BehindTheTable_RepeatsAfter400Years()
    {
        foreach (string id in Zones)
        {
            ZoneTable table = Table(id);
            for (int day = 0; day < 800; day += 3)
            {
                long instant = Parse("2499-06-01T00:00:00") + (day * ZoneTable.MillisecondsPerDay);
                Assert.Equal(table.OffsetMs(instant), table.OffsetMs(instant + ZoneTable.CycleMilliseconds));
                long late = instant + (100_000 * ZoneTable.CycleMilliseconds);
                Assert.Equal(table.OffsetMs(instant), table.OffsetMs(late));
            }
        }
    }

    [Fact]
    public void Find_EveryNameOfTheRelease_HasTheOffsetsOfNodaTime()
    {
        foreach (string id in DateTimeZoneProviders.Tzdb.Ids.Where((_, index) => index % 20 == 0))
        {
            ZoneTable table = Table(id);
            Assert.Same(table, ZoneTable.Find(id));
            Assert.Equal(long.MinValue, table.Starts[0]);
            Assert.Equal(table.Starts.Length, table.Offsets.Length);
            CheckParts(id, 0);
            CheckParts(id, Year2110);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Europe/Atlantis")]
    [InlineData("europe/berlin")]
    [InlineData("UTC+3")]
    public void Find_ForeignName_IsNull(string id) => Assert.Null(ZoneTable.Find(id));

    [Fact]
    public void TzdbVersion_OfTheBuild_IsThatOfNodaTime() =>
        Assert.Equal(TzdbDateTimeZoneSource.Default.TzdbVersion, ZoneTable.TzdbVersion);

    [Fact]
    public void Parts_AfterTheFirstCall_AllocateNothing()
    {
        ZoneTable table = Table("Europe/Berlin");
        int sum = table.Hour(0) + table.YearsBetween(0, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (long i = 0; i < 100; i++)
        {
            sum += table.Hour(i << 33) + table.Weekday(i << 33) + table.Day(i << 33) + table.YearsBetween(i, i << 33);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    private static void CheckParts(string id, long utcMs)
    {
        LocalDateTime expected = Local(id, utcMs);
        ZoneTable table = Table(id);
        Assert.Equal(expected.Hour, table.Hour(utcMs));
        Assert.Equal((int)expected.DayOfWeek, table.Weekday(utcMs));
        Assert.Equal(new CivilDate(expected.Year, expected.Month, expected.Day), table.Date(utcMs));
        Assert.Equal(expected.Year, table.Year(utcMs));
        Assert.Equal(expected.Month, table.Month(utcMs));
        Assert.Equal(expected.Day, table.Day(utcMs));
    }

    /// <summary>The number is read as a local time here.</summary>
    private static void CheckToUtc(string id, long localMs)
    {
        LocalDateTime local = Instant.FromUnixTimeMilliseconds(localMs).InUtc().LocalDateTime;
        ZoneLocalMapping mapping = DateTimeZoneProviders.Tzdb[id].MapLocal(local);
        Instant expected = mapping.Count == 0
            ? local.WithOffset(mapping.EarlyInterval.WallOffset).ToInstant()
            : mapping.First().ToInstant();
        int millisecond = (int)(local.NanosecondOfDay / 1_000_000);
        var date = new CivilDate(local.Year, local.Month, local.Day);
        Assert.Equal(expected.ToUnixTimeMilliseconds(), Table(id).ToUtcMs(date, millisecond));
        Assert.Equal(
            expected.ToUnixTimeMilliseconds(),
            Table(id).ToUtcMs(
                local.Year, local.Month, local.Day, local.Hour, local.Minute, local.Second, local.Millisecond));
    }

    private static ZoneTable Table(string id) => ZoneTable.Find(id) ?? throw new InvalidOperationException(id);

    private static LocalDateTime Local(string id, long utcMs) =>
        Instant.FromUnixTimeMilliseconds(utcMs).InZone(DateTimeZoneProviders.Tzdb[id]).LocalDateTime;

    private static long Parse(string text) =>
        NodaTime.Text.LocalDateTimePattern.ExtendedIso.Parse(text).Value.InUtc().ToInstant().ToUnixTimeMilliseconds();
}
