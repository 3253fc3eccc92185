using Serving.Data.Windows;

namespace Serving.Features.Windows;

/// <summary>After how long an event cannot be read any more.</summary>
internal static class Horizon
{
    /// <summary>The greatest span + delay + step in milliseconds; -1 with a lifetime; 0 of none.</summary>
    public static long Of(IEnumerable<WindowBounds> bounds)
    {
        long horizon = 0;
        foreach (WindowBounds one in bounds)
        {
            if (one.IsLifetime)
            {
                return -1;
            }

            horizon = Math.Max(horizon, one.SpanMs + one.DelayMs + one.StepMs);
        }

        return horizon;
    }
}
