using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Time;

namespace Serving.Server.Rows;

/// <summary>
/// Slots of decimals and times from the texts and integers of a request. Not safe for use by several threads; allocates
/// nothing.
/// </summary>
internal sealed class TextSlots
{
    // 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z.
    private const long TimeMin = -62_135_596_800_000;
    private const long TimeMax = 253_402_300_799_999;

    private static readonly FieldType s_time = new(ValueKind.Time);

    private static readonly long[] s_powersOfTen =
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private readonly AskedZone _zone = new();
    private readonly CellReader _reader;

    /// <summary>Makes a reader.</summary>
    public TextSlots() => _reader = new CellReader(_zone);

    /// <summary>Reads ISO 8601 with an offset or Z, into milliseconds.</summary>
    public CellFault ParseTime(ReadOnlySpan<byte> text, out long slot)
    {
        slot = 0;
        if (text.Length < 5 || text[4] != (byte)'-')
        {
            // Milliseconds are a number here, never a text of digits.
            return CellFault.Malformed;
        }

        _zone.WasAsked = false;
        CellFault fault = _reader.ReadNumber(text, s_time, out slot);
        return fault == CellFault.None && _zone.WasAsked ? CellFault.NoOffset : fault;
    }

    /// <summary>Reads a decimal's text as a file's cell (R93), into minor units.</summary>
    public CellFault ParseDecimal(ReadOnlySpan<byte> text, in FieldType type, out long slot) =>
        _reader.ReadNumber(text, new FieldType(ValueKind.Decimal, Scale: type.Scale), out slot);

    /// <summary>An integer as a decimal.</summary>
    public static CellFault ScaleInteger(long value, int scale, out long slot)
    {
        long power = s_powersOfTen[scale];
        slot = unchecked(value * power);
        return value > long.MaxValue / power || value < long.MinValue / power ? CellFault.OutOfRange : CellFault.None;
    }

    /// <summary>Whether milliseconds are within the years 1 to 9999.</summary>
    public static CellFault CheckTime(long ms) => ms is < TimeMin or > TimeMax ? CellFault.OutOfRange : CellFault.None;

    // A request's time says its offset: a text for which the reader asks the zone is refused.
    private sealed class AskedZone : ILocalTimeZone
    {
        public bool WasAsked { get; set; }

        public long ToUtcMs(int year, int month, int day, int hour, int minute, int second, int ms)
        {
            WasAsked = true;
            return 0;
        }
    }
}
