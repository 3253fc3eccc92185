using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>
/// What was accumulated of one measure in one interval or tile. The default is nothing: its extremes mean nothing then.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct Tally
{
    /// <summary>Number of events.</summary>
    public long Count;

    /// <summary>Exact sum in minor units or millionths.</summary>
    public Int128 Sum;

    /// <summary>Least argument; of floats <see cref="FloatUnits.Ordered"/>.</summary>
    public long Least;

    /// <summary>Greatest argument, likewise.</summary>
    public long Greatest;

    /// <summary>Adds another one.</summary>
    public void Add(in Tally other)
    {
        if (other.Count == 0)
        {
            return;
        }

        bool isFirst = Count == 0;
        Count += other.Count;
        Sum += other.Sum;
        Least = isFirst || other.Least < Least ? other.Least : Least;
        Greatest = isFirst || other.Greatest > Greatest ? other.Greatest : Greatest;
    }
}
