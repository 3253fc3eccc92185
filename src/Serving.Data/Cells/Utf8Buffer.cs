using System.Buffers;

namespace Serving.Data.Cells;

/// <summary>
/// A byte array that grows and is reused: writers of cells append to it without an interface call per cell. Not safe
/// for use by several threads.
/// </summary>
public sealed class Utf8Buffer : IBufferWriter<byte>
{
    private byte[] _bytes;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="capacity">Bytes to hold without growing.</param>
    public Utf8Buffer(int capacity = 256) => _bytes = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The bytes written, as memory; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written; the array stays.</summary>
    public void Clear() => Length = 0;

    /// <summary>Cuts what was written after a place. REQUIRES: 0 &lt;= length &lt;= <see cref="Length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>
    /// Room for at least so many bytes behind what is written; <see cref="Advance"/> makes them count.
    /// </summary>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(sizeHint, 1))
        {
            Grow(Math.Max(sizeHint, 1));
        }

        return _bytes.AsSpan(Length);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(sizeHint, 1))
        {
            Grow(Math.Max(sizeHint, 1));
        }

        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <summary>Appends one byte.</summary>
    public void Add(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Appends bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    private void Grow(int sizeHint) =>
        Array.Resize(
            ref _bytes, (int)Math.Min(Math.Max((long)_bytes.Length * 2, (long)Length + sizeHint), Array.MaxLength));
}
