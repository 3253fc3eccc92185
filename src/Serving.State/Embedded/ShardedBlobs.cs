namespace Serving.State.Embedded;

/// <summary>
/// All blobs, in shards by the seeded hash of their address: whoever picks digests cannot pick the shard. Safe for use
/// by several threads that hold a shard's gate while they use its table.
/// </summary>
internal sealed class ShardedBlobs : IDisposable
{
    private readonly SeededKeyHash _hash;
    private readonly int _shift;

    public ShardedBlobs(int shards, ulong seed)
    {
        _hash = new SeededKeyHash(seed);
        _shift = 64 - System.Numerics.BitOperations.Log2((uint)shards);
        Shards = new StateShard[shards];
        for (int i = 0; i < shards; i++)
        {
            Shards[i] = new StateShard(seed ^ 0x5851F42D4C957F2D);
        }
    }

    /// <summary>Makes the empty blobs of a store.</summary>
    public static ShardedBlobs Create(EmbeddedOptions options) =>
        new(options.Shards, options.HashSeed ?? SeededKeyHash.RandomSeed());

    /// <summary>The shards.</summary>
    public StateShard[] Shards { get; }

    /// <summary>The shard of a key.</summary>
    public StateShard Of(in StateKey key) =>
        Shards[_shift == 64 ? 0 : (int)(_hash.Of(key.Set, key.Digest) >> _shift)];

    /// <summary>Sums over all shards: blobs, their bytes, native bytes.</summary>
    public (long Blobs, long Bytes, long Native) Totals()
    {
        (long blobs, long bytes, long native) = (0, 0, 0);
        foreach (StateShard shard in Shards)
        {
            shard.Gate.Enter();
            blobs += shard.Table.Count;
            bytes += shard.Table.BlobBytes;
            native += shard.Table.BytesUsed;
            shard.Gate.Exit();
        }

        return (blobs, bytes, native);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StateShard shard in Shards)
        {
            shard.Close();
        }
    }
}
