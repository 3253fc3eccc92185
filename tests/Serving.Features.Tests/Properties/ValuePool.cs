using System.Globalization;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Values that hurt: borders of ranges, ties of rounding, odd Unicode, moments around changes of clocks.
/// </summary>
internal static class ValuePool
{
    public static readonly string[] Strings =
    [
        "", "a", "A", "b", "ab12", "12", "Zürich", "ZÜRICH", "Straße", "İstanbul", "e\u0301t\u00e9", "\u212a", "ﬁ",
        "Σίσυφος",
        "𝒳yz", "\uffff", "\U00010000", "\u1e9b\u0323", "ǆ", "ⓐⒶ", "a-b-c", "-", "--", "x-1-22", "a b", "tab\tq\"uote",
        "https://User@Host.Example:8080/p?q", "http://h.example", "ftp://[::1]:80/x", "://", "x://@",
        "mailto:a@b@C.Org", "a@",
        "host:", "s://host:/", "s://A.B:99x", "Ⅷ٣9", "\u0130\u0307", "가나다", "\u1100\u1161",
    ];

    public static readonly long[] Ints =
    [
        0, 1, -1, 2, 3, 5, 7, 10, -10, 24, 100, 1000, long.MaxValue, long.MinValue, long.MaxValue - 1,
        long.MinValue + 1,
        (1L << 53) + 1, -(1L << 53) - 1, (1L << 62) + 1, int.MaxValue, 1_000_000_007, 0x5555_5555_5555_5555,
    ];

    public static readonly double[] Floats =
    [
        0, 1, -1, 0.5, 1.5, 2.5, -0.5, -2.5, 0.1, 0.2, 0.3, 1e-9, 1e300, -1e300, double.MaxValue, -double.MaxValue,
        double.Epsilon,
        -double.Epsilon, 2.2250738585072014e-308, 9007199254740993, 9.223372036854775e18, 9.3e18, -9.3e18, 0.005, 0.015,
        1.005, 89.999,
        -90, 180, -180, 3.141592653589793, 1e-320, 710, -746, 1e16, 123456.789,
    ];

    public static readonly long[] Times = [.. new[]
    {
        "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2024-02-29T12:00:00Z", "2023-02-28T23:59:59.999Z",
        "2023-03-01T00:00:00Z", "2000-02-29T00:00:00Z", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00Z",
        "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z",
        "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "1900-01-01T00:00:00Z", "1945-05-24T00:00:00Z",
            "2050-07-01T12:00:00Z",
        "2150-07-01T12:00:00Z", "9999-12-31T23:59:59.999Z", "0001-01-02T00:00:00Z", "2026-04-04T15:00:00Z",
            "2026-12-31T23:30:00Z",
        "2027-01-01T00:30:00Z", "1999-12-31T18:15:00Z",
    }.Select(text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds())];

    public static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Africa/Monrovia",
    ];
}
