using System.Buffers;

namespace Serving.State;

/// <summary>
/// Folds the raw records of a blob into tiles: a pure function of the blob. Safe for use by several threads.
/// </summary>
public interface IBlobCompactor
{
    /// <summary>Schema hash of the log whose blobs it folds.</summary>
    ulong Schema { get; }

    /// <summary>
    /// Writes the blob that replaces <paramref name="blob"/>: epoch + 1, the same meaning, fewer bytes. Returns the
    /// number of records that were folded or trimmed; 0 when there is nothing to do, and then nothing is written.
    /// Bytes appended meanwhile are kept behind it by the store.
    /// </summary>
    int Compact(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement);

    /// <summary>
    /// Whether a blob of this length, with so many bytes since its last compaction, is worth folding.
    /// </summary>
    bool IsDue(int length, int appended);
}
