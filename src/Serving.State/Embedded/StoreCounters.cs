namespace Serving.State.Embedded;

/// <summary>What a store counts; each field is changed by <see cref="Interlocked"/> alone.</summary>
internal sealed class StoreCounters
{
    public long AppendsLost;
    public long AppendsTooMany;
    public long BlobsDamaged;
    public long Compactions;
    public long CompactionFaults;
    public long Expired;
}
