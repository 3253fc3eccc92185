using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using FieldType = Google.Protobuf.Reflection.FieldType;
using InputException = Serving.Data.InputException;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Walks serialized protobuf before it is parsed: every length within its message, depth and number of messages and
/// texts within limits. A parser that made objects of hostile bytes first would take fifty times their size.
/// </summary>
internal sealed class WireScan
{
    /// <summary>Nested messages at most, as protobuf's own readers have it.</summary>
    public const int DepthMax = 100;

    /// <summary>Messages, texts and numbers that are not packed, in one file.</summary>
    public const int ElementsMax = 4_000_000;

    /// <summary>Bytes of one text field; the contents of tensors and attributes are bytes.</summary>
    public const int TextBytesMax = 1 << 20;

    private readonly string _place;
    private readonly Dictionary<MessageDescriptor, FrozenDictionary<int, FieldDescriptor>> _fields = [];
    private int _elements;

    private WireScan(string place) => _place = place;

    /// <summary>Checks bytes that are to be parsed as a message.</summary>
    /// <exception cref="InputException">They cannot be one, or it is over a limit.</exception>
    public static void Check(string place, ReadOnlySpan<byte> bytes, MessageDescriptor message) =>
        new WireScan(place).Message(bytes, message, 0, 0);

    private void Message(ReadOnlySpan<byte> bytes, MessageDescriptor message, long start, int depth)
    {
        if (depth > DepthMax)
        {
            throw FileProblems.One(_place, $"messages nested deeper than {DepthMax}", "a SavedModel");
        }

        FrozenDictionary<int, FieldDescriptor> fields = FieldsOf(message);
        int at = 0;
        while (at < bytes.Length)
        {
            ulong tag = Varint(bytes, ref at, start);
            if (tag >> 3 is 0 or > 536_870_911 || ++_elements > ElementsMax)
            {
                throw _elements > ElementsMax
                    ? FileProblems.One(_place, $"more than {ElementsMax} messages and texts", "a model below that")
                    : Broken(start + at, "a field without a number");
            }

            int begin = at;
            at = Skip(bytes, (int)(tag & 7), at, start);
            if ((tag & 7) == 2 && fields.TryGetValue((int)(tag >> 3), out FieldDescriptor? field))
            {
                _ = Varint(bytes, ref begin, start);
                Field(bytes[begin..at], field, start + begin, depth);
            }
        }
    }

    private void Field(ReadOnlySpan<byte> bytes, FieldDescriptor field, long start, int depth)
    {
        if (field.FieldType == FieldType.Message)
        {
            Message(bytes, field.MessageType, start, depth + 1);
        }
        else if (field.FieldType == FieldType.String && bytes.Length > TextBytesMax)
        {
            throw FileProblems.One(
                $"{_place}, byte {start}", $"a text of {bytes.Length} bytes", $"at most {TextBytesMax}");
        }
    }

    private int Skip(ReadOnlySpan<byte> bytes, int wire, int at, long start)
    {
        long length = wire switch
        {
            0 => VarintLength(bytes, at, start),
            1 => 8,
            2 => Delimited(bytes, ref at, start),
            5 => 4,
            _ => throw Broken(start + at, $"wire type {wire}"),
        };
        return length <= bytes.Length - at
            ? at + (int)length
            : throw Broken(start + at, $"a field of {length} bytes where {bytes.Length - at} are left");
    }

    private long VarintLength(ReadOnlySpan<byte> bytes, int at, long start)
    {
        int begin = at;
        _ = Varint(bytes, ref at, start);
        return at - begin;
    }

    private long Delimited(ReadOnlySpan<byte> bytes, ref int at, long start)
    {
        ulong length = Varint(bytes, ref at, start);
        return length <= int.MaxValue ? (long)length : throw Broken(start + at, $"a field of {length} bytes");
    }

    private ulong Varint(ReadOnlySpan<byte> bytes, ref int at, long start)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (at >= bytes.Length)
            {
                throw Broken(start + at, "the end inside a number");
            }

            byte one = bytes[at++];
            value |= shift < 64 ? (ulong)(one & 0x7F) << shift : 0;
            if (one < 0x80)
            {
                return value;
            }
        }

        throw Broken(start + at, "a number of more than 10 bytes");
    }

    private FrozenDictionary<int, FieldDescriptor> FieldsOf(MessageDescriptor message)
    {
        if (!_fields.TryGetValue(message, out FrozenDictionary<int, FieldDescriptor>? fields))
        {
            fields = message.Fields.InDeclarationOrder().ToFrozenDictionary(field => field.FieldNumber);
            _fields.Add(message, fields);
        }

        return fields;
    }

    private InputException Broken(long at, string found) =>
        FileProblems.One($"{_place}, byte {at}", found, "protobuf", "the file is cut or damaged: export it again");
}
