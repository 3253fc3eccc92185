using Serving.Data.Time;

namespace Serving.Data.Cells;

/// <summary>
/// Text of times: ISO 8601 with an offset or Z, <c>YYYY-MM-DD HH:MM:SS</c> in a given zone, or milliseconds since 1970
/// UTC. Digits beyond milliseconds are cut, a date alone is refused (R60).
/// </summary>
internal static class TimeCell
{
    /// <summary>Bytes of a written time.</summary>
    public const int BytesMax = 24;

    /// <summary>0001-01-01T00:00:00.000Z.</summary>
    public const long MinMs = -62_135_596_800_000;

    /// <summary>9999-12-31T23:59:59.999Z.</summary>
    public const long MaxMs = 253_402_300_799_999;

    private const int MsPerMinute = 60_000;
    private const long MsPerDay = 86_400_000;
    private const int DateLength = 10;
    private const int MinuteEnd = 16;
    private const int SecondEnd = 19;
    private const int OffsetHoursMax = 18;

    public static CellFault Parse(ReadOnlySpan<byte> text, ILocalTimeZone zone, out long ms)
    {
        if (text.Length < DateLength || text[4] != (byte)'-')
        {
            CellFault fault = IntegerCell.Parse(text, out ms);
            return fault == CellFault.None && ms is < MinMs or > MaxMs ? CellFault.OutOfRange : fault;
        }

        ms = 0;
        int year = (Two(text, 0) * 100) + Two(text, 2);
        int month = Two(text, 5);
        int day = Two(text, 8);
        if (year <= 0 || month is < 1 or > 12 || text[7] != (byte)'-'
            || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return CellFault.Malformed;
        }

        return text.Length == DateLength
            ? CellFault.DateAlone
            : TimeOfDay(text, zone, new DateOnly(year, month, day), out ms);
    }

    public static int Write(Span<byte> destination, long ms)
    {
        if (ms is < MinMs or > MaxMs)
        {
            return IntegerCell.Write(destination, ms);
        }

        long days = Math.DivRem(ms - MinMs, MsPerDay, out long rest);
        DateOnly date = DateOnly.FromDayNumber((int)days);
        int ofDay = (int)rest;
        PutTwo(destination, 0, date.Year / 100);
        PutTwo(destination, 2, date.Year % 100);
        destination[4] = (byte)'-';
        PutTwo(destination, 5, date.Month);
        destination[7] = (byte)'-';
        PutTwo(destination, 8, date.Day);
        destination[10] = (byte)'T';
        PutTwo(destination, 11, ofDay / 3_600_000);
        destination[13] = (byte)':';
        PutTwo(destination, 14, ofDay / MsPerMinute % 60);
        destination[16] = (byte)':';
        PutTwo(destination, 17, ofDay / 1000 % 60);
        destination[19] = (byte)'.';
        destination[20] = (byte)('0' + (ofDay / 100 % 10));
        PutTwo(destination, 21, ofDay % 100);
        destination[23] = (byte)'Z';
        return BytesMax;
    }

    private static CellFault TimeOfDay(ReadOnlySpan<byte> text, ILocalTimeZone zone, DateOnly date, out long ms)
    {
        ms = 0;
        bool isBlank = text[DateLength] == (byte)' ';
        if ((!isBlank && text[DateLength] != (byte)'T') || text.Length < MinuteEnd || text[13] != (byte)':')
        {
            return CellFault.Malformed;
        }

        int hour = Two(text, 11);
        int minute = Two(text, 14);
        if (hour is < 0 or > 23 || minute is < 0 or > 59)
        {
            return CellFault.Malformed;
        }

        int at = MinuteEnd;
        if (!Seconds(text, ref at, out int second, out int fraction))
        {
            return CellFault.Malformed;
        }

        if (at < text.Length)
        {
            long local = ((long)date.DayNumber * MsPerDay) + MinMs
                + (((hour * 60) + minute) * MsPerMinute) + (second * 1000) + fraction;
            return Offset(text[at..], local, out ms);
        }

        if (!isBlank || at < SecondEnd)
        {
            return at < SecondEnd && isBlank ? CellFault.Malformed : CellFault.NoOffset;
        }

        ms = zone.ToUtcMs(date.Year, date.Month, date.Day, hour, minute, second, fraction);
        return CellFault.None;
    }

    // `:SS`, then a point with at least one digit; both may be absent. Digits behind the third are cut.
    private static bool Seconds(ReadOnlySpan<byte> text, ref int at, out int second, out int ms)
    {
        second = 0;
        ms = 0;
        if (at == text.Length || text[at] != (byte)':')
        {
            return true;
        }

        if (text.Length < SecondEnd)
        {
            return false;
        }

        second = Two(text, at + 1);
        at = SecondEnd;
        if (second is < 0 or > 59)
        {
            return false;
        }

        if (at == text.Length || text[at] != (byte)'.')
        {
            return true;
        }

        int start = ++at;
        int place = 100;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
        {
            ms += (text[at] - '0') * place;
            place /= 10;
        }

        return at > start;
    }

    // Z, +HH, +HHMM or +HH:MM.
    private static CellFault Offset(ReadOnlySpan<byte> text, long local, out long ms)
    {
        ms = local;
        if (text.Length == 1 && text[0] == (byte)'Z')
        {
            return CellFault.None;
        }

        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6)
            || (text.Length == 6 && text[3] != (byte)':'))
        {
            return CellFault.Malformed;
        }

        int hours = Two(text, 1);
        int minutes = text.Length == 3 ? 0 : Two(text, text.Length - 2);
        if (hours is < 0 or > OffsetHoursMax || minutes is < 0 or > 59)
        {
            return CellFault.Malformed;
        }

        long offset = (long)((hours * 60) + minutes) * MsPerMinute;
        ms = text[0] == (byte)'+' ? local - offset : local + offset;
        return ms is < MinMs or > MaxMs ? CellFault.OutOfRange : CellFault.None;
    }

    // A two-digit number, or a negative one when a byte is no digit.
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)(text[at] - '0');
        uint ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -10_000 : (int)((tens * 10) + ones);
    }

    private static void PutTwo(Span<byte> destination, int at, int value)
    {
        destination[at] = (byte)('0' + (value / 10));
        destination[at + 1] = (byte)('0' + (value % 10));
    }
}
