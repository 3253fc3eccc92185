using System.Buffers.Binary;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Bytes that are written from front to back, little-endian, in a buffer that is kept. Not safe for use by several
/// threads; allocates nothing after warm-up.
/// </summary>
internal sealed class LogBytes
{
    /// <summary>Bytes of a short text at most; what is longer is cut.</summary>
    public const int ShortTextMax = byte.MaxValue;

    private byte[] _bytes = new byte[2048];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Bytes of the buffer.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Empties it.</summary>
    [HotPath]
    public void Clear() => Length = 0;

    /// <summary>Forgets what stands behind a length.</summary>
    [HotPath]
    public void CutTo(int length) => Length = length;

    /// <summary>Appends room for so many bytes, to be filled before the next call.</summary>
    [HotPath]
    public Span<byte> Append(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Grow(count);
        }

        Span<byte> room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    /// <summary>Appends a byte.</summary>
    [HotPath]
    public void WriteByte(byte value) => Append(1)[0] = value;

    /// <summary>Appends two bytes.</summary>
    [HotPath]
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Append(sizeof(ushort)), value);

    /// <summary>Appends four bytes.</summary>
    [HotPath]
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Append(sizeof(uint)), value);

    /// <summary>Appends eight bytes.</summary>
    [HotPath]
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Append(sizeof(long)), value);

    /// <summary>Appends the bits of a binary64 number.</summary>
    [HotPath]
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Append(sizeof(double)), value);

    /// <summary>Appends seven bits a byte, the lowest first; the high bit says that more follow.</summary>
    [HotPath]
    public void WriteVarint(uint value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    /// <summary>Appends bytes as they are.</summary>
    [HotPath]
    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    /// <summary>Appends a length and so many bytes.</summary>
    [HotPath]
    public void WriteText(ReadOnlySpan<byte> utf8)
    {
        WriteVarint((uint)utf8.Length);
        WriteBytes(utf8);
    }

    /// <summary>Appends a length and so many bytes of UTF-8; what is longer than a short text is cut.</summary>
    [HotPath]
    public void WriteText(string text)
    {
        Span<byte> utf8 = stackalloc byte[ShortTextMax];
        System.Text.Unicode.Utf8.FromUtf16(text, utf8, out _, out int written);
        WriteText(utf8[..written]);
    }

    private void Grow(int count)
    {
        byte[] bytes = new byte[Math.Max(Length + count, _bytes.Length * 2)];
        Written.CopyTo(bytes);
        _bytes = bytes;
    }
}
