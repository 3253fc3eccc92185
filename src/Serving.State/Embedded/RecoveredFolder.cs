namespace Serving.State.Embedded;

/// <summary>What was read of a folder.</summary>
/// <param name="Sequence">Sequence of the last change.</param>
/// <param name="SnapshotBlobs">Blobs of the snapshot.</param>
/// <param name="CutBytes">Bytes of a torn tail.</param>
/// <param name="CutPath">The segment whose tail is torn; empty where none is.</param>
/// <param name="CutOffset">Where the torn tail begins.</param>
internal sealed record RecoveredFolder(
    ulong Sequence, long SnapshotBlobs, long CutBytes, string CutPath, long CutOffset);
