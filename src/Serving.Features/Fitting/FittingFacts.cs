using System.Runtime.InteropServices;

namespace Serving.Features.Fitting;

/// <summary>What a fit was made of.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FittingFacts
{
    /// <summary>Rows that were fitted.</summary>
    public long Rows { get; init; }

    /// <summary>Rows whose request id came before.</summary>
    public long Repeated { get; init; }

    /// <summary>Rows outside of from and until.</summary>
    public long Outside { get; init; }

    /// <summary>Rows for which the condition was false.</summary>
    public long Excluded { get; init; }

    /// <summary>Least time of a fitted row; null of none.</summary>
    public long? FirstTime { get; init; }

    /// <summary>Greatest time of a fitted row; null of none.</summary>
    public long? LastTime { get; init; }

    /// <summary>Results that saturated while rows were evaluated, in all passes.</summary>
    public long Saturations { get; init; }

    public static FittingFacts operator +(FittingFacts left, FittingFacts right) => new()
    {
        Rows = left.Rows + right.Rows,
        Repeated = left.Repeated + right.Repeated,
        Outside = left.Outside + right.Outside,
        Excluded = left.Excluded + right.Excluded,
        FirstTime = Least(left.FirstTime, right.FirstTime),
        LastTime = left.LastTime is null || right.LastTime > left.LastTime ? right.LastTime : left.LastTime,
        Saturations = left.Saturations + right.Saturations,
    };

    private static long? Least(long? left, long? right) => left is null || right < left ? right : left;
}
