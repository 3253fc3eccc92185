using System.Numerics;
using System.Security.Cryptography;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// Blobs that were read lately, decoded, in blocks of one size: the next read of one decodes only what was appended
/// since. A blob is recognised byte by byte, so that an image is never of another content, whoever wrote the blob in
/// between: appends, compactions, expiry, a restart. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Sets of four places, by the key's check digest. A reader holds a set while it reads from it, and nobody waits: who
/// finds it held decodes the blob as if there were no image. A key gets a place when it misses twice with fewer than
/// four other misses in its set between, so that keys seen once cost a look at one line of memory. Memory is taken a
/// mebibyte at a time until the bound is reached; behind that nothing is allocated, and a new image takes the block of
/// an older one.
/// </remarks>
public sealed class ImagePool
{
    /// <summary>Bytes of a block. An odd number of cache lines, so that blocks do not meet in the same lines.</summary>
    public const int BlockBytes = 127 * 64;

    /// <summary>The usual bound, in bytes.</summary>
    public const long UsualBytes = 64L << 20;

    /// <summary>The greatest bound, in bytes.</summary>
    public const long BytesMax = 64L << 30;

    internal const int BlockLongs = BlockBytes / sizeof(long);

    private const int ChunkBlocks = 128;
    private const ulong EachLane = 0x0001_0001_0001_0001;

    private readonly ImageSet[] _sets;
    private readonly long[]?[] _chunks;
    private readonly int _blocks;
    private readonly int _shift;

    // Digests follow from keys that clients choose: without a secret they could be chosen to meet in one set.
    private readonly ulong _factor;
    private int _taken;

    /// <summary>Makes no images yet.</summary>
    /// <param name="bytes">Most bytes of all images, from 8 blocks on.</param>
    public ImagePool(long bytes = UsualBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 8L * BlockBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, BytesMax);
        _blocks = (int)(bytes / BlockBytes);
        _chunks = new long[]?[(_blocks + ChunkBlocks - 1) / ChunkBlocks];
        int sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, _blocks / ImageSet.Ways));
        _sets = new ImageSet[sets];
        _shift = 64 - BitOperations.Log2((uint)sets);
        Span<byte> secret = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(secret);
        _factor = BitConverter.ToUInt64(secret) | 1;
    }

    /// <summary>Most bytes of all images.</summary>
    public long BytesBound => (long)_blocks * BlockBytes;

    /// <summary>Bytes of images now.</summary>
    public long BytesUsed => (long)Math.Min(Volatile.Read(ref _taken), _blocks) * BlockBytes;

    /// <summary>
    /// The block that is for a blob's key; empty where there is none or another reader is in its set. Its content may
    /// be of another blob. Where it is not empty, <see cref="Return"/> must follow.
    /// </summary>
    [HotPath]
    internal Span<long> Rent(ReadOnlySpan<byte> blob, out int set)
    {
        set = 0;
        if (blob.Length is < BlobHeader.Size or > BlockBytes)
        {
            return default;
        }

        ulong check = BlobHeader.CheckOf(blob);
        ulong mixed = unchecked(check * _factor);
        set = (int)(mixed >> _shift);
        ref ImageSet places = ref _sets[set];
        if (Interlocked.CompareExchange(ref places.Held, 1, 0) != 0)
        {
            return default;
        }

        int block = BlockOf(ref places, check, (ushort)mixed);
        if (block == 0)
        {
            Return(set);
            return default;
        }

        return _chunks[(block - 1) / ChunkBlocks].AsSpan((block - 1) % ChunkBlocks * BlockLongs, BlockLongs);
    }

    /// <summary>Ends the use of a block.</summary>
    [HotPath]
    internal void Return(int set) => Volatile.Write(ref _sets[set].Held, 0);

    private int BlockOf(ref ImageSet places, ulong check, ushort tag)
    {
        for (int way = 0; way < ImageSet.Ways; way++)
        {
            if (places.Checks[way] == check)
            {
                return places.Blocks[way];
            }
        }

        // One of the four tags is the key's where the difference to four times it has a lane of zero.
        ulong difference = places.Missed ^ (tag * EachLane);
        if ((unchecked(difference - EachLane) & ~difference & (EachLane << 15)) == 0)
        {
            places.Missed = (places.Missed << 16) | tag;
            return 0;
        }

        return Claim(ref places, check);
    }

    // The oldest place goes. One without a block gets a new one as long as there are some.
    private int Claim(ref ImageSet places, ulong check)
    {
        for (int step = 0; step < ImageSet.Ways; step++)
        {
            int way = places.Next;
            places.Next = (way + 1) % ImageSet.Ways;
            if (places.Blocks[way] == 0)
            {
                places.Blocks[way] = NewBlock();
            }

            if (places.Blocks[way] != 0)
            {
                places.Checks[way] = check;
                return places.Blocks[way];
            }
        }

        return 0;
    }

    private int NewBlock()
    {
        if (Volatile.Read(ref _taken) >= _blocks)
        {
            return 0;
        }

        int block = Interlocked.Increment(ref _taken);
        if (block > _blocks)
        {
            return 0;
        }

        ref long[]? chunk = ref _chunks[(block - 1) / ChunkBlocks];
        if (Volatile.Read(ref chunk) is null)
        {
            _ = Interlocked.CompareExchange(ref chunk, new long[ChunkBlocks * BlockLongs], null);
        }

        return block;
    }
}
