using System.Buffers.Binary;
using System.Text.Unicode;
using System.Text;

namespace Serving.Models.Import.Documents;

/// <summary>
/// Reads a UBJSON document (draft 12) into nodes, with typed and counted arrays as XGBoost writes them. No count is
/// believed beyond what the remaining bytes can hold. Not safe for use by several threads.
/// </summary>
internal ref struct UbjDocumentReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _depth;
    private int _nodes;

    private UbjDocumentReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="Data.InputException">The bytes are no such document.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> bytes)
    {
        UbjDocumentReader reader = new(bytes);
        DocumentNode root = reader.ReadValue(reader.TakeMarker());
        return reader._at == bytes.Length
            ? root
            : throw ImportProblem.Of(reader.Place, $"{bytes.Length - reader._at} more bytes", "the end of the file");
    }

    private readonly string Place => $"byte {_at}";

    private DocumentNode ReadValue(byte marker)
    {
        if (++_nodes > DocumentLimits.NodesMax)
        {
            throw ImportProblem.Of(Place, $"more than {DocumentLimits.NodesMax} values", "a smaller document");
        }

        return (char)marker switch
        {
            '{' => Nested(isObject: true),
            '[' => Nested(isObject: false),
            'S' => DocumentNode.OfText(ReadText()),
            'C' => DocumentNode.OfText(((char)(Take(1)[0] & 0x7F)).ToString()),
            'T' => DocumentNode.True,
            'F' => DocumentNode.False,
            'Z' => DocumentNode.Null,
            _ => DocumentNode.OfNumber(ReadNumber(marker)),
        };
    }

    private DocumentNode Nested(bool isObject)
    {
        if (++_depth > DocumentLimits.DepthMax)
        {
            throw ImportProblem.Of(Place, "deeper nesting", $"at most {DocumentLimits.DepthMax} levels");
        }

        (byte type, long count) = ReadHead();
        DocumentNode node = isObject ? ReadMembers(type, count)
            : type != 0 && SizeOf(type) > 0 ? ReadTyped(type, count) : ReadItems(type, count);
        _depth--;
        return node;
    }

    /// <summary>Type ($) and count (#) of a container; 0 and -1 where they are not given.</summary>
    private (byte Type, long Count) ReadHead()
    {
        byte type = 0;
        if (PeekMarker() == (byte)'$')
        {
            _at++;
            type = TakeMarker();
            if (PeekMarker() != (byte)'#')
            {
                throw ImportProblem.Of(Place, "a type without a count", "'#' behind the type");
            }
        }

        if (PeekMarker() != (byte)'#')
        {
            return (type, -1);
        }

        _at++;
        long count = ReadLength();
        if (PeekMarker() == (byte)'$')
        {
            throw ImportProblem.Of(Place, "'$' behind '#'", "the type before the count");
        }

        // Every item takes at least a byte, except typed nulls and booleans, which no tool writes.
        int size = type == 0 ? 1 : Math.Max(SizeOf(type), 1);
        long most = (_bytes.Length - _at) / size;
        if (count > most)
        {
            throw ImportProblem.Of(Place, $"a count of {count}", $"at most {most}, by what is left");
        }

        return (type, count);
    }

    private DocumentNode ReadMembers(byte type, long count)
    {
        Dictionary<string, DocumentNode> members = new(StringComparer.Ordinal);
        for (long i = 0; count < 0 ? !TakeEnd((byte)'}') : i < count; i++)
        {
            string name = ReadText();
            if (name.Any(char.IsControl))
            {
                throw ImportProblem.Of(Place, $"the name \"{name}\"", "a name without control characters");
            }

            DocumentNode value = ReadValue(type == 0 ? TakeMarker() : type);
            if (!members.TryAdd(name, DocumentLimits.IsDropped(name) ? DocumentNode.Null : value))
            {
                throw ImportProblem.Of(Place, $"\"{name}\" a second time", "each name once in an object");
            }
        }

        return DocumentNode.OfObject(members);
    }

    private DocumentNode ReadItems(byte type, long count)
    {
        List<DocumentNode> items = [];
        List<double> numbers = [];
        for (long i = 0; count < 0 ? !TakeEnd((byte)']') : i < count; i++)
        {
            byte marker = type == 0 ? TakeMarker() : type;
            if (items.Count == 0 && SizeOf(marker) > 0)
            {
                numbers.Add(ReadNumber(marker));
                continue;
            }

            items.AddRange(numbers.Select(DocumentNode.OfNumber));
            numbers.Clear();
            items.Add(ReadValue(marker));
        }

        return items.Count == 0 ? DocumentNode.OfNumbers([.. numbers]) : DocumentNode.OfList(items);
    }

    private DocumentNode ReadTyped(byte type, long count)
    {
        double[] numbers = new double[count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ReadNumber(type);
        }

        return DocumentNode.OfNumbers(numbers);
    }

    private double ReadNumber(byte marker)
    {
        int size = SizeOf(marker);
        if (size == 0)
        {
            _at--;
            throw ImportProblem.Of(Place, $"marker 0x{marker:x2}", "a marker of UBJSON");
        }

        ReadOnlySpan<byte> bytes = Take(size);
        return (char)marker switch
        {
            'i' => (sbyte)bytes[0],
            'U' => bytes[0],
            'I' => BinaryPrimitives.ReadInt16BigEndian(bytes),
            'u' => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            'l' => BinaryPrimitives.ReadInt32BigEndian(bytes),
            'm' => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            'L' => BinaryPrimitives.ReadInt64BigEndian(bytes),
            'M' => BinaryPrimitives.ReadUInt64BigEndian(bytes),
            'd' => BinaryPrimitives.ReadSingleBigEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        };
    }

    /// <summary>Bytes of a number's marker (with the unsigned ones of XGBoost); 0 for any other marker.</summary>
    private static int SizeOf(byte marker) => (char)marker switch
    {
        'i' or 'U' => 1,
        'I' or 'u' => 2,
        'l' or 'm' or 'd' => 4,
        'L' or 'M' or 'D' => 8,
        _ => 0,
    };

    private string ReadText()
    {
        long length = ReadLength();
        ReadOnlySpan<byte> text = Take(length);
        return Utf8.IsValid(text)
            ? Encoding.UTF8.GetString(text)
            : throw ImportProblem.Of(Place, "bytes that are not UTF-8", "a text in UTF-8");
    }

    private long ReadLength()
    {
        byte marker = TakeMarker();
        if (SizeOf(marker) == 0 || marker is (byte)'d' or (byte)'D')
        {
            throw ImportProblem.Of(Place, $"marker 0x{marker:x2}", "a length");
        }

        double length = ReadNumber(marker);
        return length is >= 0 and <= long.MaxValue / 2
            ? (long)length
            : throw ImportProblem.Of(Place, $"a length of {length}", "a length from 0");
    }

    private bool TakeEnd(byte end)
    {
        if (PeekMarker() != end)
        {
            return false;
        }

        _at++;
        return true;
    }

    private byte TakeMarker()
    {
        byte marker = PeekMarker();
        _at++;
        return marker;
    }

    /// <summary>The next marker; 'N' means nothing and is passed over.</summary>
    private byte PeekMarker()
    {
        while (_at < _bytes.Length && _bytes[_at] == (byte)'N')
        {
            _at++;
        }

        return _at < _bytes.Length
            ? _bytes[_at]
            : throw ImportProblem.Of(Place, "the end of the file", "the rest of the document");
    }

    private ReadOnlySpan<byte> Take(long size)
    {
        if (size > _bytes.Length - _at)
        {
            throw ImportProblem.Of(Place, $"{_bytes.Length - _at} bytes left", $"{size} bytes");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_at, (int)size);
        _at += (int)size;
        return taken;
    }
}
