using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>An entry of the log but its sequence and body.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Key">Which blob.</param>
/// <param name="Schema">Schema hash, for the header of a new blob.</param>
/// <param name="Expires">Second of the Unix epoch from which on the blob is gone; 0: never.</param>
/// <param name="Folded">Bytes of a put blob that a compaction wrote.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogEntry(LogKind Kind, StateKey Key, ulong Schema, uint Expires, int Folded)
{
    /// <summary>The entry that says how far the log was on the disk.</summary>
    public static LogEntry Synced(ulong sequence) => new(LogKind.Synced, new StateKey(0, sequence, 0), 0, 0, 0);
}
