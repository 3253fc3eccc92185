using Serving.Data;

namespace Serving.Models.Linear.Kernels;

/// <summary>The lanes of sparse sums.</summary>
[HotPath]
internal static class SparseLanes
{
    public const int Count = 4;

    /// <summary>The sum of an output's lanes: (0 + 1) + (2 + 3).</summary>
    public static double Sum(ReadOnlySpan<double> lanes) => (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}
