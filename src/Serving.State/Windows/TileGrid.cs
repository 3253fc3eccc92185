using System.Collections.Immutable;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Where tiles must be cut so that every edge of every later request falls between two of them. Immutable and safe for
/// use by several threads.
/// </summary>
/// <remarks>
/// A span's old edge stands at multiples of its step and only moves on; behind its place for the first request that may
/// still come (readable from) it cuts no more, and so tiles grow with age. The young edge of a delayed span moves by
/// multiples of its own step and cuts only what it has not passed. Two times belong to one tile when they lie between
/// the same neighbouring cuts; the greatest cut at or below them is the tile's start. All cuts that an older grid did
/// not have lie at its cuts, so that tiles only merge.
/// </remarks>
internal sealed class TileGrid
{
    private readonly ImmutableArray<WindowBounds> _bounds;

    public TileGrid(KeyedLog log)
    {
        _bounds = [.. log.Readings.Where(reading => reading.Keep == 0).Select(reading => reading.Bounds).Distinct()];
        long unit = 0;
        foreach (WindowBounds bounds in _bounds)
        {
            unit = bounds.IsLifetime ? unit : Divisor(unit, bounds.StepMs);
            unit = bounds.DelayMs == 0 ? unit : Divisor(unit, bounds.HeadStepMs);
        }

        UnitMs = Math.Max(1, unit);
    }

    /// <summary>Greatest number of milliseconds of which all starts are multiples.</summary>
    public long UnitMs { get; init; }

    /// <summary>
    /// The start of the tile of a time for requests from <paramref name="readableFrom"/> on; the least long where no
    /// edge comes near it again. False when no span reaches it any more.
    /// </summary>
    public bool TryStartOf(long time, long readableFrom, out long start)
    {
        start = long.MinValue;
        bool isSeen = false;
        foreach (WindowBounds bounds in _bounds)
        {
            if (!bounds.IsLifetime)
            {
                if (time < bounds.Lower(readableFrom))
                {
                    continue;
                }

                start = Math.Max(start, WindowBounds.FloorTo(time, bounds.StepMs));
            }

            isSeen = true;
            if (bounds.DelayMs > 0 && time >= bounds.Upper(readableFrom))
            {
                start = Math.Max(start, WindowBounds.FloorTo(time, bounds.HeadStepMs));
            }
        }

        return isSeen;
    }

    private static long Divisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }
}
