using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>Reads single values from the bytes of a blob. REQUIRES: room behind the bytes for a whole number.</summary>
internal static class ValueDecoder
{
    /// <summary>Reads a number or the bits of a float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadNumber(ReadOnlySpan<byte> bytes, ColumnForm form, ref int at)
    {
        ulong number = PrefixVarint.Read(bytes, ref at);
        return form == ColumnForm.Float
            ? (long)BinaryPrimitives.ReverseEndianness(number)
            : PrefixVarint.UnZigZag(number);
    }

    /// <summary>Reads a length and its bytes; false when they leave the given end.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> bytes, ref int at, int end, out long slot)
    {
        ulong length = PrefixVarint.Read(bytes, ref at);
        slot = 0;
        if (at > end || length > (ulong)(end - at))
        {
            return false;
        }

        slot = TextHandle.Pack(at, (int)length);
        at += (int)length;
        return true;
    }

    /// <summary>Reads a list as its encoded form; false when it leaves the given end.</summary>
    public static bool TryReadList(
        ReadOnlySpan<byte> bytes, ColumnForm element, ref int at, int end, out long slot)
    {
        int start = at;
        ulong count = PrefixVarint.Read(bytes, ref at);
        slot = 0;
        for (ulong index = 0; index < count; index++)
        {
            if (at >= end)
            {
                return false;
            }

            if (element != ColumnForm.Text)
            {
                ReadNumber(bytes, element, ref at);
            }
            else if (!TryReadText(bytes, ref at, end, out _))
            {
                return false;
            }
        }

        slot = TextHandle.Pack(start, at - start);
        return at <= end;
    }
}
