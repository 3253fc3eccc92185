using System.Numerics;
using Serving.Data.Windows;

namespace Serving.Features.Evaluation;

/// <summary>The edges of a span at a request's time, and the tiles of its step (section 3.5, R47 - R49).</summary>
/// <param name="Lower">First millisecond inside; null where the window has no lower edge.</param>
/// <param name="Upper">First millisecond behind.</param>
internal readonly record struct OracleEdges(BigInteger? Lower, BigInteger Upper)
{
    private const long HourMs = 3_600_000;

    public static OracleEdges Of(WindowBounds bounds, BigInteger time)
    {
        BigInteger young = time - bounds.DelayMs;
        BigInteger headStep = BigInteger.Min(bounds.StepMs, HourMs);
        return new OracleEdges(
            bounds.SpanMs < 0 ? null : Floor(young - bounds.SpanMs, bounds.StepMs),
            bounds.DelayMs == 0 ? time : Floor(young, headStep));
    }

    /// <summary>The greatest multiple of a step that is not above.</summary>
    public static BigInteger Floor(BigInteger value, BigInteger step) => new ExactNumber(value, step).Floor() * step;

    public bool Contain(BigInteger time) => (Lower is null || Lower <= time) && time < Upper;
}
