namespace Serving.Engine.Drift;

/// <summary>
/// Counts by hour and by day of UTC, the newest of each; a period without rows is none. Used under the lock of its
/// owner.
/// </summary>
internal sealed class DriftPeriods(int cellCount)
{
    /// <summary>Hours kept.</summary>
    public const int HoursMax = 48;

    /// <summary>Days kept.</summary>
    public const int DaysMax = 31;

    private readonly SortedList<DateTimeOffset, long[]> _hours = [];
    private readonly SortedList<DateTimeOffset, long[]> _days = [];

    /// <summary>Adds counts to the hour and the day of a moment.</summary>
    public void Add(DateTimeOffset at, ReadOnlySpan<long> counts)
    {
        DateTimeOffset utc = at.ToUniversalTime();
        var day = new DateTimeOffset(utc.Date, TimeSpan.Zero);
        AddTo(_hours, day.AddHours(utc.Hour), counts, HoursMax);
        AddTo(_days, day, counts, DaysMax);
    }

    /// <summary>The kept periods of a kind, oldest first.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To, long[] Counts)> Of(DriftPeriodKind kind) =>
        kind == DriftPeriodKind.Hour
            ? _hours.Select(hour => (hour.Key, hour.Key.AddHours(1), hour.Value))
            : _days.Select(day => (day.Key, day.Key.AddDays(1), day.Value));

    private void AddTo(
        SortedList<DateTimeOffset, long[]> periods, DateTimeOffset from, ReadOnlySpan<long> counts, int most)
    {
        if (!periods.TryGetValue(from, out long[]? sums))
        {
            sums = new long[cellCount];
            periods.Add(from, sums);
            while (periods.Count > most)
            {
                periods.RemoveAt(0);
            }
        }

        for (int cell = 0; cell < counts.Length; cell++)
        {
            sums[cell] += counts[cell];
        }
    }
}
