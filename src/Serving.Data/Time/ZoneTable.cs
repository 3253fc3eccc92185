using System.Collections.Concurrent;

namespace Serving.Data.Time;

/// <summary>
/// The offsets of one time zone as flat arrays, from the release of tzdata inside NodaTime, never the machine's.
/// </summary>
/// <remarks>
/// R58 to R61. Transitions are listed to the end of year 2500: to 2100 as the release has them, and for the 400 years
/// behind by the rule of the last year, which repeats every 400 years since those are whole weeks. So an instant
/// behind 2500 is looked up a whole number of 400-year cycles earlier, and the rule of the last year holds for ever
/// (R59). Instants are milliseconds since 1970-01-01T00:00Z and may be any long: those within 31 hours of either end
/// are clamped. Immutable; all members may be called from any thread; only <see cref="Find"/> allocates.
/// </remarks>
public sealed class ZoneTable : ILocalTimeZone
{
    internal const long MillisecondsPerDay = 86_400_000;
    internal const long CycleMilliseconds = CivilDate.DaysPerEra * MillisecondsPerDay;
    internal const int LastYear = 2500;

    private const long MillisecondsPerHour = 3_600_000;

    // Keeps local times, which are at most 18 hours off, and searches, which begin 26 hours earlier, inside a long.
    private const long MaxInstant = long.MaxValue - (MillisecondsPerHour * 31);

    private static readonly ConcurrentDictionary<string, ZoneTable> Known = new(StringComparer.Ordinal);

    // The first instant behind LastYear.
    private static readonly long TableEnd = new CivilDate(LastYear + 1, 1, 1).ToDays() * MillisecondsPerDay;

    // _offsets[i] holds from _starts[i] to before _starts[i + 1]; _starts[0] is long.MinValue, starts ascend strictly.
    private readonly long[] _starts;
    private readonly int[] _offsets;

    internal ZoneTable(string id, long[] starts, int[] offsets)
    {
        Id = id;
        _starts = starts;
        _offsets = offsets;
    }

    /// <summary>The zone without offset.</summary>
    public static ZoneTable Utc { get; } = new("UTC", [long.MinValue], [0]);

    /// <summary>The release of tzdata, such as 2025b.</summary>
    public static string TzdbVersion => ZoneTableBuilder.TzdbVersion;

    /// <summary>The name the zone was found by.</summary>
    public string Id { get; }

    /// <summary>First instant of each interval, ascending; the first is <see cref="long.MinValue"/>.</summary>
    public ReadOnlySpan<long> Starts => _starts;

    /// <summary>Offset of local time to UTC in milliseconds, one per interval.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>The zone with this tzdata name (such as Europe/Berlin, letter case counts), or null.</summary>
    public static ZoneTable? Find(string id)
    {
        if (Known.TryGetValue(id, out ZoneTable? known))
        {
            return known;
        }

        ZoneTable? built = ZoneTableBuilder.Build(id);

        // Only names of the release are kept, so that foreign names cannot fill the memory.
        return built is null ? null : Known.GetOrAdd(id, built);
    }

    /// <summary>Local time minus UTC at an instant, in milliseconds.</summary>
    public int OffsetMs(long utcMs) => _offsets[IndexOf(IntoTable(utcMs))];

    /// <summary>
    /// An interval around an instant in which the offset stays the same, for callers that keep the last one.
    /// </summary>
    public ZoneSpan SpanAt(long utcMs)
    {
        if (utcMs >= TableEnd)
        {
            return new ZoneSpan(utcMs, utcMs, OffsetMs(utcMs));
        }

        int index = IndexOf(utcMs);
        return new ZoneSpan(
            _starts[index], index + 1 < _starts.Length ? _starts[index + 1] - 1 : TableEnd - 1, _offsets[index]);
    }

    /// <summary>Hour of the local day, 0 to 23.</summary>
    public int Hour(long utcMs) => HourOfLocal(ToLocal(utcMs));

    /// <summary>Day of the local week, 1 (Monday) to 7.</summary>
    public int Weekday(long utcMs) => WeekdayOfLocal(ToLocal(utcMs));

    /// <summary>Day of the local month, 1 to 31.</summary>
    public int Day(long utcMs) => Date(utcMs).Day;

    /// <summary>Local month, 1 to 12.</summary>
    public int Month(long utcMs) => Date(utcMs).Month;

    /// <summary>
    /// An instant as all members read it: so far from the ends of a long that a local time is one, too.
    /// </summary>
    public static long Clamp(long utcMs) => Math.Clamp(utcMs, -MaxInstant, MaxInstant);

    /// <summary>Hour of a local time in milliseconds, 0 to 23.</summary>
    public static int HourOfLocal(long localMs) =>
        (int)((localMs - (DaysOf(localMs) * MillisecondsPerDay)) / MillisecondsPerHour);

    /// <summary>Day of the week of a local time in milliseconds, 1 (Monday) to 7.</summary>
    public static int WeekdayOfLocal(long localMs)
    {
        // 1 January 1970 was a Thursday.
        long fromMonday = DaysOf(localMs) + 3;
        return (int)(fromMonday - (CivilDate.FloorDivide(fromMonday, 7) * 7)) + 1;
    }

    /// <summary>Date of a local time in milliseconds.</summary>
    public static CivilDate DateOfLocal(long localMs) => CivilDate.FromDays(DaysOf(localMs));

    /// <summary>Local year of the proleptic Gregorian calendar, with a year 0.</summary>
    public int Year(long utcMs) => Date(utcMs).Year;

    /// <summary>Local date.</summary>
    public CivilDate Date(long utcMs) => CivilDate.FromDays(DaysOf(ToLocal(utcMs)));

    /// <summary>
    /// Complete calendar years from a to b in local time, minus those from b to a when b is earlier (R61).
    /// </summary>
    /// <remarks>A year from 29 February is complete on 1 March where the later year has no such day.</remarks>
    public int YearsBetween(long a, long b) => b < a ? -CompleteYears(b, a) : CompleteYears(a, b);

    /// <summary>The instant of a local time (R60).</summary>
    /// <param name="date">Local date; years -1,000,000 to 1,000,000 keep the result exact.</param>
    /// <param name="millisecondOfDay">Local time since midnight, 0 to 86,399,999.</param>
    /// <returns>
    /// The earlier instant where clocks went back; where they went forward, the time read with the old offset.
    /// </returns>
    public long ToUtcMs(CivilDate date, int millisecondOfDay)
    {
        long local = (date.ToDays() * MillisecondsPerDay) + millisecondOfDay;

        // In the table's last 400 years the rule is the same as in all later cycles.
        long cycles = local < TableEnd ? 0 : ((local - TableEnd) / CycleMilliseconds) + 1;
        long inTable = local - (cycles * CycleMilliseconds);

        // The first interval whose end lies behind the local time holds it; where it begins behind the local time,
        // too, the time was skipped, and the offset before holds.
        int index = IndexOf(inTable - (26 * MillisecondsPerHour));
        while (index + 1 < _starts.Length && inTable - _offsets[index] >= _starts[index + 1])
        {
            if (inTable - _offsets[index + 1] < _starts[index + 1])
            {
                break;
            }

            index++;
        }

        return local - _offsets[index];
    }

    /// <summary>The instant of a local time given by its parts (R60).</summary>
    public long ToUtcMs(int year, int month, int day, int hour, int minute, int second, int ms) =>
        ToUtcMs(new CivilDate(year, month, day), (((((hour * 60) + minute) * 60) + second) * 1000) + ms);

    private static long DaysOf(long localMs) => CivilDate.FloorDivide(localMs, MillisecondsPerDay);

    private static long IntoTable(long utcMs) => utcMs < TableEnd
        ? utcMs
        : utcMs - ((((utcMs - TableEnd) / CycleMilliseconds) + 1) * CycleMilliseconds);

    private long ToLocal(long utcMs)
    {
        long clamped = Clamp(utcMs);
        return clamped + OffsetMs(clamped);
    }

    private int CompleteYears(long earlier, long later)
    {
        long from = ToLocal(earlier);
        long to = ToLocal(later);
        CivilDate start = CivilDate.FromDays(DaysOf(from));
        CivilDate end = CivilDate.FromDays(DaysOf(to));
        int years = end.Year - start.Year;
        int order = ((end.Month - start.Month) * 32) + end.Day - start.Day;
        if (order == 0)
        {
            long startTime = from - (DaysOf(from) * MillisecondsPerDay);
            order = (to - (DaysOf(to) * MillisecondsPerDay)).CompareTo(startTime);
        }

        // Where clocks go back the later instant can have the earlier local time; that is no year less than none.
        return Math.Max(0, order < 0 ? years - 1 : years);
    }

    /// <summary>The last interval that begins at or before the instant.</summary>
    private int IndexOf(long utcMs)
    {
        ReadOnlySpan<long> starts = _starts;
        int low = 0;
        for (int length = starts.Length; length > 1;)
        {
            // A conditional move, not a branch that would be mispredicted every other time.
            int half = length >> 1;
            low = starts[low + half] <= utcMs ? low + half : low;
            length -= half;
        }

        return low;
    }
}
