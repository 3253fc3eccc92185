namespace Serving.Data.Time;

/// <summary>What lies between two timestamps of a clock. Stateless, safe for use by several threads.</summary>
public static class Timestamps
{
    /// <summary>Microseconds between two timestamps: 0 where the second is the earlier one, at most 2^32 - 1.</summary>
    public static uint MicrosecondsBetween(this TimeProvider time, long from, long to) =>
        (uint)Math.Clamp((to - from) * 1_000_000 / time.TimestampFrequency, 0, uint.MaxValue);
}
