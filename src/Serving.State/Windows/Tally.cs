using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>What was accumulated of one measure in one interval or tile.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Tally
{
    /// <summary>Nothing yet.</summary>
    public static readonly Tally Empty = new() { Least = long.MaxValue, Greatest = long.MinValue };

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
        Count += other.Count;
        Sum += other.Sum;
        Least = Math.Min(Least, other.Least);
        Greatest = Math.Max(Greatest, other.Greatest);
    }
}
