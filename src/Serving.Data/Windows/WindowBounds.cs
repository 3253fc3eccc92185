using System.Runtime.InteropServices;

namespace Serving.Data.Windows;

/// <summary>
/// The edges of one span of a window (section 3.5, R48 to R50): an event is inside at request time t when
/// <c>Lower(t) &lt;= time &lt; Upper(t)</c>. All in milliseconds.
/// </summary>
/// <param name="SpanMs">The span; -1 for <c>lifetime</c>, which has no lower edge.</param>
/// <param name="StepMs">The step to which the old edge is rounded; 1 h for <c>lifetime</c> without a step.</param>
/// <param name="DelayMs">The delay; 0 without one.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WindowBounds(long SpanMs, long StepMs, long DelayMs)
{
    /// <summary>One hour: the young edge of a delayed window is never coarser.</summary>
    public const long HourMs = 3_600_000;

    /// <summary>Whether the window has no lower edge.</summary>
    public bool IsLifetime => SpanMs < 0;

    /// <summary>The step of the young edge, min(step, 1 h); it matters only where the window is delayed.</summary>
    public long HeadStepMs => Math.Min(StepMs, HourMs);

    /// <summary>First millisecond inside; the least long for <c>lifetime</c>.</summary>
    public long Lower(long requestTime) => IsLifetime
        ? long.MinValue
        : FloorTo(SubtractSaturated(SubtractSaturated(requestTime, DelayMs), SpanMs), StepMs);

    /// <summary>First millisecond behind the window: the request's own time, or a rounded one where delayed.</summary>
    public long Upper(long requestTime) =>
        DelayMs == 0 ? requestTime : FloorTo(SubtractSaturated(requestTime, DelayMs), HeadStepMs);

    /// <summary>The greatest multiple of a step that is not above a value (floor towards minus infinity).</summary>
    public static long FloorTo(long value, long step)
    {
        long remainder = value % step;
        return remainder == 0 ? value : remainder > 0 ? value - remainder : SubtractSaturated(value, step + remainder);
    }

    // Times of files may be anything; only lower edges can leave the range, and then everything is inside.
    private static long SubtractSaturated(long value, long amount) =>
        value < long.MinValue + amount ? long.MinValue : value - amount;
}
