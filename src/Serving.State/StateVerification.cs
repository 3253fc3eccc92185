using System.Collections.Immutable;

namespace Serving.State;

/// <summary>What a verification of a store found.</summary>
/// <param name="Blobs">Blobs that were read, of a folder those of its newest snapshot.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Problems">Places that are damaged, with what was found; empty when all is well.</param>
public sealed record StateVerification(long Blobs, long Bytes, ImmutableArray<string> Problems)
{
    /// <summary>Changes in a folder's log that its newest snapshot does not hold yet; 0 elsewhere.</summary>
    public long Changes { get; init; }
}
