namespace Serving.Data.Time;

/// <summary>
/// Turns local times without an offset into instants (R60). Implementations are immutable and safe for use by several
/// threads.
/// </summary>
public interface ILocalTimeZone
{
    /// <summary>
    /// Milliseconds since 1970-01-01T00:00:00Z of a local time. A time that occurs twice means the earlier instant, one
    /// that does not occur is read with the offset before the gap. REQUIRES: a valid proleptic Gregorian date, years
    /// 1..9999, and a valid time of day.
    /// </summary>
    long ToUtcMs(int year, int month, int day, int hour, int minute, int second, int ms);
}
