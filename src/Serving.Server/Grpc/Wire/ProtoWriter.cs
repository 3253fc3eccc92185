using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// Writes protobuf fields into a buffer of its own that is reused: after warm-up writing allocates nothing. Fields that
/// are zero or empty are left out, as proto3 has it. Not safe for use by several threads.
/// </summary>
internal sealed class ProtoWriter
{
    private const int WireVarint = 0;
    private const int WireFixed64 = 1;
    private const int WireBytes = 2;

    // A length of four bytes holds 2^28 - 1, more than any message limit.
    private const int LengthBytes = 4;

    private byte[] _buffer = new byte[512];

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that the buffer can hold.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Begins an empty message.</summary>
    public void Clear() => Length = 0;

    /// <summary>Writes an unsigned integer that is not 0.</summary>
    public void WriteUInt(int field, ulong value)
    {
        if (value != 0)
        {
            WriteTag(field, WireVarint);
            WriteVarint(value);
        }
    }

    /// <summary>Writes a double whose bits are not 0.</summary>
    public void WriteDouble(int field, double value)
    {
        if (BitConverter.DoubleToInt64Bits(value) != 0)
        {
            WriteDoubleAlways(field, value);
        }
    }

    /// <summary>Writes a double, for members of a oneof.</summary>
    public void WriteDoubleAlways(int field, double value)
    {
        WriteTag(field, WireFixed64);
        WriteBareDouble(value);
    }

    /// <summary>Writes an integer, for members of a oneof.</summary>
    public void WriteIntAlways(int field, long value)
    {
        WriteTag(field, WireVarint);
        WriteVarint((ulong)value);
    }

    /// <summary>Writes bytes that are not empty.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0)
        {
            WriteBytesAlways(field, bytes);
        }
    }

    /// <summary>Writes bytes, for members of a oneof.</summary>
    public void WriteBytesAlways(int field, ReadOnlySpan<byte> bytes)
    {
        WriteTag(field, WireBytes);
        WriteVarint((uint)bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Writes bytes inside a field whose length was written.</summary>
    public void WriteBare(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Begins a packed field of a length that is known.</summary>
    public void BeginPacked(int field, int lengthBytes)
    {
        WriteTag(field, WireBytes);
        WriteVarint((uint)lengthBytes);
    }

    /// <summary>Writes a double inside a packed field.</summary>
    public void WriteBareDouble(double value)
    {
        Reserve(sizeof(double));
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(Length), value);
        Length += sizeof(double);
    }

    /// <summary>Writes an integer inside a packed field.</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[Length++] = (byte)value;
    }

    /// <summary>
    /// Begins a message inside the message; <see cref="EndMessage"/> with the place returned fills its length in, as a
    /// varint of four bytes: one pass instead of a computed size, and readers take it.
    /// </summary>
    public int BeginMessage(int field)
    {
        WriteTag(field, WireBytes);
        Reserve(LengthBytes);
        Length += LengthBytes;
        return Length;
    }

    /// <summary>Ends the message that began at a place.</summary>
    public void EndMessage(int start)
    {
        int length = Length - start;
        Span<byte> place = _buffer.AsSpan(start - LengthBytes, LengthBytes);
        place[0] = (byte)(length | 0x80);
        place[1] = (byte)((length >> 7) | 0x80);
        place[2] = (byte)((length >> 14) | 0x80);
        place[3] = (byte)((length >> 21) & 0x7f);
    }

    /// <summary>Bytes of a varint.</summary>
    public static int VarintSize(ulong value)
    {
        int size = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            size++;
        }

        return size;
    }

    private void WriteTag(int field, int wireType) => WriteVarint((uint)((field << 3) | wireType));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
}
