using System.Runtime.InteropServices;
using Serving.Data.Numerics;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The sum of a decaying call (R47): exact sums of tiles, each halved for every half-life of its age, added left to
/// right. Tiles come in ascending order.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct DecayTotal
{
    private readonly long _time;
    private readonly long _step;
    private readonly double _halfLife;
    private readonly int _scale;
    private readonly bool _counts;
    private bool _isOpen;
    private long _start;
    private Int128 _sum;
    private long _count;
    private double _total;

    public DecayTotal(in PlannedReading planned, long time)
    {
        _time = time;
        _step = planned.Reading.Bounds.StepMs;
        _halfLife = planned.Reading.HalfLifeMs;
        _scale = planned.Measure.Scale;
        _counts = planned.Reading.Function == WindowFunction.DecayCount;
    }

    /// <summary>Adds events of one tile. REQUIRES: times do not descend from tile to tile.</summary>
    public void Add(long time, Int128 sum, long count)
    {
        long start = WindowBounds.FloorTo(time, _step);
        if (_isOpen && start != _start)
        {
            Close();
        }

        _isOpen = true;
        _start = start;
        _sum += sum;
        _count += count;
    }

    /// <summary>Closes the last tile and returns the sum.</summary>
    public double Finish()
    {
        if (_isOpen)
        {
            Close();
        }

        return _total;
    }

    private void Close()
    {
        // Starts are never behind the request, so that the distance needs no sign.
        double age = unchecked((ulong)_time - (ulong)_start);
        double weight = PortableMath.Exp2(-(age / _halfLife));
        double size = _counts ? _count : ExactResult.Sum(_sum, _scale);
        _total = Finite(_total + Finite(size * weight));
        _sum = 0;
        _count = 0;
    }

    // R13: beyond the finite range the greatest number stands, and -0.0 is 0.0.
    private static double Finite(double value) => Math.Clamp(value, -double.MaxValue, double.MaxValue) + 0.0;
}
