using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>Appended byte strings of at most a block each, in blocks, so that the arena may exceed one array.</summary>
internal sealed class ByteArena
{
    /// <summary>Bytes of a block; a string never crosses its end.</summary>
    public const int BlockBytes = 1 << 18;

    // A handle is block * 2^32 + offset * 2^13 + length.
    private const int LengthBits = 13;
    private const int LengthMask = (1 << LengthBits) - 1;

    private readonly List<byte[]> _blocks = [];
    private int _used;

    /// <summary>Bytes held.</summary>
    public long Size => (long)_blocks.Count * BlockBytes;

    /// <summary>Whether the next string opens a block.</summary>
    public bool IsFull(int length) => _blocks.Count == 0 || _used + length > BlockBytes;

    /// <summary>Copies bytes and returns their handle. REQUIRES: fewer than 2^13 bytes.</summary>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        if (IsFull(bytes.Length))
        {
            _blocks.Add(new byte[BlockBytes]);
            _used = 0;
        }

        bytes.CopyTo(_blocks[^1].AsSpan(_used));
        long handle = ((long)(_blocks.Count - 1) << 32) | ((long)_used << LengthBits) | (long)bytes.Length;
        _used += bytes.Length;
        return handle;
    }

    /// <summary>The bytes of a handle.</summary>
    public ReadOnlySpan<byte> Get(long handle)
    {
        uint place = (uint)handle;
        return _blocks[(int)(handle >> 32)].AsSpan((int)(place >> LengthBits), (int)place & LengthMask);
    }

    public ImmutableArray<byte> Copy(long handle) => [.. Get(handle)];
}
