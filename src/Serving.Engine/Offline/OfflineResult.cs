using System.Collections.Immutable;
using Serving.Engine.Offline.Feeds;

namespace Serving.Engine.Offline;

/// <summary>What an offline run did. Immutable.</summary>
/// <param name="RowsRead">Rows of the input.</param>
/// <param name="RowsWritten">Rows of the output: those between --from and --until.</param>
/// <param name="SaturationCount">Results that saturated (R13, R102).</param>
/// <param name="NotFiniteCount">Numbers that were NaN or infinite and became missing, and scores that had no
/// number.</param>
public sealed record OfflineResult(long RowsRead, long RowsWritten, long SaturationCount, long NotFiniteCount)
{
    /// <summary>Events that entered no window, by event.</summary>
    public ImmutableSortedDictionary<string, AdmissionCounts> Admissions { get; init; } =
        ImmutableSortedDictionary<string, AdmissionCounts>.Empty;
}
