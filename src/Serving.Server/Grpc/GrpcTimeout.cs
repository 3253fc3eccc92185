namespace Serving.Server.Grpc;

/// <summary>
/// The header <c>grpc-timeout</c>, read strictly: one to eight digits and a unit, not zero. The library takes an
/// unreadable one for no deadline at all.
/// </summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;

    /// <summary>Reads a timeout; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > DigitsMax + 1)
        {
            return false;
        }

        long number = 0;
        foreach (char digit in text[..^1])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        long ticksPerUnit = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 0,
            _ => -1,
        };
        if (number == 0 || ticksPerUnit < 0)
        {
            return false;
        }

        // A tick is 100 ns; a timeout shorter than one is one.
        timeout = ticksPerUnit == 0
            ? TimeSpan.FromTicks(Math.Max(1, number / TimeSpan.NanosecondsPerTick))
            : TimeSpan.FromTicks(number * ticksPerUnit);
        return true;
    }

    /// <summary>Writes a timeout as the header has it. REQUIRES: at most 99,999,999 ms.</summary>
    public static string Format(TimeSpan timeout) => $"{Math.Max(1, (long)timeout.TotalMilliseconds)}m";
}
