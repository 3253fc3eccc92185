using System.Buffers.Binary;
using System.Text;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Reads what <see cref="LogBytes"/> wrote. Total: behind the end, or at a length that cannot be, everything reads as 0
/// and <see cref="IsWrong"/> is set.
/// </summary>
internal ref struct LogReadBytes
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins at the front of some bytes.</summary>
    public LogReadBytes(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
        IsWrong = false;
    }

    /// <summary>Whether something was asked that is not there.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Ends the reading: what was read means nothing.</summary>
    public void Refuse()
    {
        IsWrong = true;
        _rest = default;
    }

    /// <summary>The next bytes; empty where there are not so many.</summary>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > _rest.Length)
        {
            Refuse();
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    /// <summary>The next byte.</summary>
    public byte ReadByte() => Take(1) is [var value] ? value : (byte)0;

    /// <summary>The next two bytes.</summary>
    public ushort ReadUInt16() =>
        Take(sizeof(ushort)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    /// <summary>The next four bytes.</summary>
    public uint ReadUInt32() =>
        Take(sizeof(uint)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    /// <summary>The next eight bytes.</summary>
    public long ReadInt64() =>
        Take(sizeof(long)) is { Length: > 0 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    /// <summary>The next number.</summary>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>The next number of seven bits a byte.</summary>
    public uint ReadVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = ReadByte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Refuse();
        return 0;
    }

    /// <summary>A length and so many bytes.</summary>
    public ReadOnlySpan<byte> ReadUtf8() => Take(ReadVarint());

    /// <summary>A length and so many bytes of UTF-8.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadUtf8());
}
