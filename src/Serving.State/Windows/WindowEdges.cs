using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The edges of all spans of a log at a request's time, sorted; between two neighbours lies an elementary interval, and
/// each span is a range of them. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// Interval j holds the times that are at or above exactly j edges. Most requests come within the same second as the
/// one before: then only the last edge, the request's own time, moves.
/// </remarks>
internal sealed class WindowEdges(ImmutableArray<WindowBounds> bounds)
{
    // Times further away may saturate; their edges are computed each time.
    private const long Ordinary = 1L << 60;

    private readonly long[] _edges = new long[(bounds.Length * 2) + 1];
    private readonly Range[] _ranges = new Range[bounds.Length];
    private long _validFrom = 1;
    private long _validTo;

    /// <summary>Number of intervals.</summary>
    public int Intervals { get; private set; } = 1;

    /// <summary>All edges but the last one, the request's own time.</summary>
    public ReadOnlySpan<long> Inner => _edges.AsSpan(0, Intervals - 2);

    /// <summary>First interval of a span.</summary>
    public int FirstOf(int span) => _ranges[span].First;

    /// <summary>Last interval of a span, itself inside; below the first one where the span is empty.</summary>
    public int LastOf(int span) => _ranges[span].Last;

    /// <summary>Moves the edges to a request's time.</summary>
    [HotPath]
    public void MoveTo(long time)
    {
        if (time < _validFrom || time >= _validTo)
        {
            Compute(time);
        }

        // No other edge lies behind the request's own time.
        _edges[Intervals - 2] = time;
    }

    /// <summary>The interval of a time; <paramref name="near"/> is tried first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IntervalOf(long time, int near)
    {
        return IsInside(time, near) ? near : Search(time);
    }

    /// <summary>Whether a time lies in an interval.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsInside(long time, int interval)
    {
        long[] edges = _edges;
        return (interval == 0 || edges[interval - 1] <= time) && (interval == Intervals - 1 || time < edges[interval]);
    }

    /// <summary>
    /// First time of an interval and the one behind it; the last interval ends before the greatest long.
    /// </summary>
    public void GetLimits(int interval, out long lower, out long upper)
    {
        lower = interval == 0 ? long.MinValue : _edges[interval - 1];
        upper = interval == Intervals - 1 ? long.MaxValue : _edges[interval];
    }

    /// <summary>
    /// How many of some times, in their order, lie in an interval before one that does not. REQUIRES: the first does.
    /// </summary>
    public int RunOf(ReadOnlySpan<long> times, int interval)
    {
        GetLimits(interval, out long lower, out long upper);
        int run = times[1..].IndexOfAnyExceptInRange(lower, upper - 1);
        return run < 0 ? times.Length : run + 1;
    }

    private int Search(long time)
    {
        int low = 0;
        int high = Intervals - 1;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_edges[middle] <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Compute(long time)
    {
        _validFrom = time is > -Ordinary and < Ordinary ? long.MinValue : time;
        _validTo = _validFrom == time ? time : long.MaxValue;
        int count = 0;
        for (int span = 0; span < bounds.Length; span++)
        {
            WindowBounds bound = bounds[span];
            if (!bound.IsLifetime)
            {
                long lower = bound.Lower(time);
                count = Insert(lower, count);
                Narrow(lower, bound.DelayMs + bound.SpanMs, bound.StepMs);
            }

            if (bound.DelayMs > 0)
            {
                long upper = bound.Upper(time);
                count = Insert(upper, count);
                Narrow(upper, bound.DelayMs, bound.HeadStepMs);
            }
        }

        Intervals = count + 2;
        _edges[count] = time;
        for (int span = 0; span < bounds.Length; span++)
        {
            WindowBounds bound = bounds[span];
            int first = bound.IsLifetime ? 0 : PlaceOf(bound.Lower(time), count) + 1;
            int last = bound.DelayMs > 0 ? PlaceOf(bound.Upper(time), count) : count;
            _ranges[span] = new Range(first, last);
        }
    }

    // The edge stays where it is for requests from edge + distance on, for one step.
    private void Narrow(long edge, long distance, long step)
    {
        if (distance is < 0 or > Ordinary || step > Ordinary)
        {
            _validTo = _validFrom;
            return;
        }

        _validFrom = Math.Max(_validFrom, edge + distance);
        _validTo = Math.Min(_validTo, edge + distance + step);
    }

    private int Insert(long edge, int count)
    {
        int at = PlaceOf(edge, count);
        if (at < count && _edges[at] == edge)
        {
            return count;
        }

        for (int place = count; place > at; place--)
        {
            _edges[place] = _edges[place - 1];
        }

        _edges[at] = edge;
        return count + 1;
    }

    // The first of some edges that is not below a time; they are few.
    private int PlaceOf(long edge, int count)
    {
        int at = 0;
        while (at < count && _edges[at] < edge)
        {
            at++;
        }

        return at;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Range(int First, int Last);
}
