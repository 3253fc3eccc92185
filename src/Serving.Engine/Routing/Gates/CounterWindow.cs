namespace Serving.Engine.Routing.Gates;

/// <summary>
/// Readings of one version's counters over time, from which the counts of the last minutes come: now minus then. Used
/// by the control thread alone.
/// </summary>
internal sealed class CounterWindow(VersionCounters counters)
{
    // A window is off by at most a sixtieth of the longest.
    private const int ReadingsMax = 62;

    private readonly List<(DateTimeOffset At, CounterReading Reading)> _readings = [];
    private CounterReading? _now;
    private CounterReading? _mark;

    // Reading all bins takes a tenth of a millisecond, so it is done for a look that needs it and for no other.
    private CounterReading Now => _now ??= counters.Read();

    /// <summary>Begins another look; a reading is kept at most every sixtieth of the longest window.</summary>
    public void Look(DateTimeOffset now, TimeSpan longest)
    {
        _now = null;
        if (_readings.Count == 0 || (now - _readings[^1].At) * (ReadingsMax - 2) >= longest)
        {
            _readings.Add((now, Now));
        }

        while (_readings.Count > 2 && now - _readings[1].At >= longest)
        {
            _readings.RemoveAt(0);
        }
    }

    /// <summary>Notes that something begins: a canary is published.</summary>
    public void Mark() => _mark = Now;

    /// <summary>The counts since the mark, or of all time that was seen without one.</summary>
    public CounterReading SinceMark() => Now.Since(_mark ?? _readings[0].Reading);

    /// <summary>The counts of the last so long, or of all time that was seen where that is less.</summary>
    public CounterReading Last(TimeSpan window, DateTimeOffset now)
    {
        int place = _readings.FindLastIndex(reading => now - reading.At >= window);
        return Now.Since(_readings[Math.Max(0, place)].Reading);
    }
}
