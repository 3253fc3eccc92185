namespace Serving.Data.Windows;

/// <summary>What a tile has to hold of a measure so that its readings can be answered.</summary>
[Flags]
public enum MeasureParts : byte
{
    /// <summary>Nothing: only calls that see raw records read the measure.</summary>
    None = 0,

    /// <summary>Number of events.</summary>
    Count = 1,

    /// <summary>Exact sum of the argument.</summary>
    Sum = 2,

    /// <summary>Exact sum of the argument's squares.</summary>
    SumOfSquares = 4,

    /// <summary>Least argument.</summary>
    Min = 8,

    /// <summary>Greatest argument.</summary>
    Max = 16,

    /// <summary>Time, id and argument of the earliest event.</summary>
    First = 32,

    /// <summary>Time, id and argument of the latest event (time alone where there is no argument).</summary>
    Last = 64,
}
