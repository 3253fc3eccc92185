using System.Buffers;

namespace Serving.State.Windows;

/// <summary>
/// Records one behind the other, in one array that is reused: after warm-up nothing is allocated. One owner at a time.
/// </summary>
public sealed class RecordBuffer
{
    /// <summary>Bytes that stand behind the written ones, so that whole words can be stored.</summary>
    private const int Slack = 16;

    private byte[] _bytes = new byte[256];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The bytes from a place to the end: one record, where the place was the length before it.</summary>
    public ReadOnlySpan<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Empties the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a number as a prefix varint.</summary>
    internal void WriteVarint(ulong value) => Length += PrefixVarint.Write(Room(PrefixVarint.MaxBytes), value);

    /// <summary>Appends a byte.</summary>
    internal void WriteByte(byte value)
    {
        Room(1)[0] = value;
        Length++;
    }

    /// <summary>Room behind the written bytes for at least so many more, and some slack.</summary>
    internal Span<byte> Room(int bytes)
    {
        int end = Length + bytes + Slack;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes that were put into <see cref="Room"/> as written.</summary>
    internal void Advance(int bytes) => Length += bytes;

    /// <summary>The written bytes, to be changed in place.</summary>
    internal Span<byte> Patch(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>Copies what was written.</summary>
    internal void CopyTo(IBufferWriter<byte> writer) => writer.Write(Written);
}
