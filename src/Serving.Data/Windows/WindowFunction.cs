namespace Serving.Data.Windows;

/// <summary>The window calls of the feature language (section 3.1, R36 to R47).</summary>
public enum WindowFunction : byte
{
    /// <summary>Number of events; int, 0 when nothing is left.</summary>
    Count,

    /// <summary>Sum in the argument's type, saturating; 0 when nothing is left.</summary>
    Sum,

    /// <summary>Mean as the nearest binary64 (R38); missing when nothing is left.</summary>
    Mean,

    /// <summary>Population variance as the nearest binary64 (R39).</summary>
    Variance,

    /// <summary>Least value of the argument, in its type.</summary>
    Min,

    /// <summary>Greatest value of the argument, in its type.</summary>
    Max,

    /// <summary>Value of the earliest event by (time, id) (R42).</summary>
    First,

    /// <summary>Value of the latest event by (time, id) (R42).</summary>
    Last,

    /// <summary>Seconds from the latest event to the request (R45).</summary>
    SecondsSinceLast,

    /// <summary>Whether there is an event; bool, false when nothing is left.</summary>
    Any,

    /// <summary>Quotient of two counts (R46); missing when the second is 0.</summary>
    Share,

    /// <summary>Number of different present values among the latest events kept (R33, R41).</summary>
    Distinct,

    /// <summary>Sum of tile sums, halved for every half-life of their age (R47).</summary>
    DecaySum,

    /// <summary>Sum of tile counts, halved for every half-life of their age (R47).</summary>
    DecayCount,
}
