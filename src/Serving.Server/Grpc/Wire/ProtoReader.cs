using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Serving.Server.Grpc.Wire;

/// <summary>
/// Reads one protobuf message from contiguous bytes without making objects. Total on hostile bytes: what is malformed
/// ends every loop and is told by <see cref="IsMalformed"/>. Unknown fields are skipped and counted.
/// </summary>
/// <remarks>
/// Source: the encoding page of protobuf.dev. Lengths and tags are read as 32 bits of a varint, as the generated C#
/// classes read them, so that both accept the same messages.
/// </remarks>
internal ref struct ProtoReader
{
    /// <summary>Deepest nesting of messages and groups, the limit of the generated classes.</summary>
    public const int DepthMax = 100;

    private const int WireVarint = 0;
    private const int WireFixed64 = 1;
    private const int WireBytes = 2;
    private const int WireStartGroup = 3;
    private const int WireEndGroup = 4;
    private const int WireFixed32 = 5;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    /// <summary>Begins at the first byte of a message.</summary>
    public ProtoReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether the bytes are no message; every read since then gave nothing.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Unknown fields that were skipped.</summary>
    public int SkippedCount { get; private set; }

    /// <summary>Offset of the next byte.</summary>
    public readonly int Position => _position;

    /// <summary>Reads the next field's tag; false at the end or when malformed.</summary>
    public bool NextField(out uint tag)
    {
        if (_position >= _bytes.Length)
        {
            tag = 0;
            return false;
        }

        tag = (uint)ReadVarint();
        if (tag >> 3 == 0)
        {
            Fail();
        }

        return !IsMalformed;
    }

    /// <summary>Reads a varint of at most ten bytes; 0 when malformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            return _bytes[_position++];
        }

        return ReadLongVarint();
    }

    /// <summary>Reads eight little-endian bytes; 0 when malformed.</summary>
    public ulong ReadFixed64()
    {
        if (_bytes.Length - _position < sizeof(ulong))
        {
            Fail();
            return 0;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_position..]);
        _position += sizeof(ulong);
        return value;
    }

    /// <summary>Reads a length and as many bytes; empty when malformed.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        int length = (int)ReadVarint();
        if (IsMalformed || length < 0 || length > _bytes.Length - _position)
        {
            Fail();
            return default;
        }

        ReadOnlySpan<byte> bytes = _bytes.Slice(_position, length);
        _position += length;
        return bytes;
    }

    /// <summary>Passes over a field that is not known, or known with another wire type.</summary>
    public void Skip(uint tag)
    {
        SkippedCount++;
        Skip(tag, DepthMax);
    }

    private void Skip(uint tag, int depthLeft)
    {
        switch ((int)(tag & 7))
        {
            case WireVarint:
                ReadVarint();
                break;
            case WireFixed64:
                Advance(sizeof(ulong));
                break;
            case WireBytes:
                ReadBytes();
                break;
            case WireStartGroup when depthLeft > 0:
                SkipGroup(tag >> 3, depthLeft - 1);
                break;
            case WireFixed32:
                Advance(sizeof(uint));
                break;
            default:
                Fail();
                break;
        }
    }

    private void SkipGroup(uint number, int depthLeft)
    {
        while (NextField(out uint tag))
        {
            if ((tag & 7) == WireEndGroup)
            {
                if (tag >> 3 != number)
                {
                    Fail();
                }

                return;
            }

            Skip(tag, depthLeft);
        }

        // The bytes ended inside the group.
        Fail();
    }

    private void Advance(int count)
    {
        if (_bytes.Length - _position < count)
        {
            Fail();
            return;
        }

        _position += count;
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && _position < _bytes.Length; shift += 7)
        {
            byte part = _bytes[_position++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        Fail();
        return 0;
    }

    private void Fail()
    {
        IsMalformed = true;
        _position = _bytes.Length;
    }
}
