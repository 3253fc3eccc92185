using System.Buffers.Text;
using System.Text.Unicode;
using System.Text;

namespace Serving.Models.Import.Documents;

/// <summary>
/// Reads a JSON document into nodes. Not System.Text.Json, because XGBoost writes NaN and Infinity as bare words, and
/// because arrays of numbers are to become flat arrays at once. Strict otherwise: no comments, no trailing commas, no
/// duplicate names, nesting of at most 64, valid UTF-8. Not safe for use by several threads.
/// </summary>
internal ref struct JsonDocumentReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _takesBareWords;
    private int _at;
    private int _depth;
    private int _nodes;

    private JsonDocumentReader(ReadOnlySpan<byte> bytes, bool takesBareWords)
    {
        _bytes = bytes;
        _takesBareWords = takesBareWords;
    }

    /// <summary>Reads a whole document.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="takesBareWords">Whether NaN, Infinity and -Infinity are numbers.</param>
    /// <exception cref="Serving.Data.InputException">The bytes are no such document.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> bytes, bool takesBareWords)
    {
        JsonDocumentReader reader = new(bytes, takesBareWords);
        DocumentNode root = reader.ReadValue();
        reader.SkipBlanks();
        return reader._at == bytes.Length ? root : throw reader.Wrong("the end of the file");
    }

    private DocumentNode ReadValue()
    {
        if (++_nodes > DocumentLimits.NodesMax)
        {
            throw ImportProblem.Of(Place, $"more than {DocumentLimits.NodesMax} values", "a smaller document");
        }

        SkipBlanks();
        switch (Peek())
        {
            case (byte)'{':
                return Nested(isObject: true);
            case (byte)'[':
                return Nested(isObject: false);
            case (byte)'"':
                return DocumentNode.OfText(ReadText());
            case (byte)'t' when TakeWord("true"u8):
                return DocumentNode.True;
            case (byte)'f' when TakeWord("false"u8):
                return DocumentNode.False;
            case (byte)'n' when TakeWord("null"u8):
                return DocumentNode.Null;
            default:
                return DocumentNode.OfNumber(ReadNumber());
        }
    }

    private DocumentNode Nested(bool isObject)
    {
        if (++_depth > DocumentLimits.DepthMax)
        {
            throw ImportProblem.Of(Place, "deeper nesting", $"at most {DocumentLimits.DepthMax} levels");
        }

        _at++;
        DocumentNode node = isObject ? ReadMembers() : ReadItems();
        _depth--;
        return node;
    }

    private DocumentNode ReadMembers()
    {
        Dictionary<string, DocumentNode> members = new(StringComparer.Ordinal);
        SkipBlanks();
        if (TakeByte((byte)'}'))
        {
            return DocumentNode.OfObject(members);
        }

        do
        {
            SkipBlanks();
            int start = _at;
            string name = ReadText();
            SkipBlanks();
            Expect((byte)':');
            DocumentNode value = ReadValue();
            if (!members.TryAdd(name, DocumentLimits.IsDropped(name) ? DocumentNode.Null : value))
            {
                throw ImportProblem.Of($"byte {start}", $"\"{name}\" a second time", "each name once in an object");
            }

            SkipBlanks();
        }
        while (TakeByte((byte)','));
        Expect((byte)'}');
        return DocumentNode.OfObject(members);
    }

    private DocumentNode ReadItems()
    {
        SkipBlanks();
        if (TakeByte((byte)']'))
        {
            return DocumentNode.OfNumbers([]);
        }

        if (IsNumberAhead())
        {
            return ReadNumbers();
        }

        List<DocumentNode> items = [];
        do
        {
            items.Add(ReadValue());
            SkipBlanks();
        }
        while (TakeByte((byte)','));
        Expect((byte)']');
        return DocumentNode.OfList(items);
    }

    /// <summary>An array that begins with a number; where something else follows it becomes a list.</summary>
    private DocumentNode ReadNumbers()
    {
        List<double> numbers = [];
        do
        {
            SkipBlanks();
            if (!IsNumberAhead())
            {
                return ReadMixed(numbers);
            }

            numbers.Add(ReadNumberOrBool());
            SkipBlanks();
        }
        while (TakeByte((byte)','));
        Expect((byte)']');
        return DocumentNode.OfNumbers([.. numbers]);
    }

    private DocumentNode ReadMixed(List<double> numbers)
    {
        List<DocumentNode> items = [.. numbers.Select(DocumentNode.OfNumber)];
        do
        {
            items.Add(ReadValue());
            SkipBlanks();
        }
        while (TakeByte((byte)','));
        Expect((byte)']');
        return DocumentNode.OfList(items);
    }

    /// <summary>Booleans in arrays count as numbers: the first versions of XGBoost wrote default_left so.</summary>
    private readonly bool IsNumberAhead() =>
        Peek() is (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'N' or (byte)'I' or (byte)'t' or (byte)'f';

    private double ReadNumberOrBool()
    {
        if (TakeWord("true"u8))
        {
            return 1;
        }

        return TakeWord("false"u8) ? 0 : ReadNumber();
    }

    private double ReadNumber()
    {
        if (_takesBareWords)
        {
            if (TakeWord("NaN"u8))
            {
                return double.NaN;
            }

            if (TakeWord("Infinity"u8))
            {
                return double.PositiveInfinity;
            }

            if (TakeWord("-Infinity"u8))
            {
                return double.NegativeInfinity;
            }
        }

        int end = _at;
        while (end < _bytes.Length && IsNumberByte(_bytes[end]))
        {
            end++;
        }

        ReadOnlySpan<byte> digits = _bytes[_at..end];
        if (!IsNumber(digits) || !Utf8Parser.TryParse(digits, out double value, out int used) || used != digits.Length)
        {
            throw Wrong("a value");
        }

        if (double.IsInfinity(value))
        {
            throw ImportProblem.Of(Place, Encoding.ASCII.GetString(digits), "a number that binary64 can hold");
        }

        _at = end;
        return value;
    }

    private static bool IsNumberByte(byte value) =>
        value is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E';

    /// <summary>Digits as JSON has them: no leading plus, point or blank, no lone minus.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> digits)
    {
        int first = digits.Length > 0 && digits[0] == (byte)'-' ? 1 : 0;
        return digits.Length > first && char.IsAsciiDigit((char)digits[first])
            && char.IsAsciiDigit((char)digits[^1]);
    }

    private string ReadText()
    {
        int start = _at;
        Expect((byte)'"');
        int contents = _at;
        bool hasEscapes = false;
        while (Peek() is not (byte)'"')
        {
            byte next = Peek();
            if (next < 0x20)
            {
                throw Wrong("the end of a text");
            }

            hasEscapes |= next == (byte)'\\';
            _at += next == (byte)'\\' ? 2 : 1;
        }

        ReadOnlySpan<byte> text = _bytes[contents.._at++];
        if (!Utf8.IsValid(text))
        {
            throw ImportProblem.Of($"byte {start}", "bytes that are not UTF-8", "a text in UTF-8");
        }

        return hasEscapes ? Unescape(start) : Encoding.UTF8.GetString(text);
    }

    /// <summary>Texts with escapes are rare: the standard reader takes the one token.</summary>
    private readonly string Unescape(int start)
    {
        try
        {
            System.Text.Json.Utf8JsonReader reader = new(_bytes[start.._at]);
            reader.Read();
            return reader.GetString()!;
        }
        catch (Exception refused) when (refused is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw ImportProblem.Of($"byte {start}", "a wrong escape", "a JSON text");
        }
    }

    private void SkipBlanks()
    {
        while (_at < _bytes.Length && _bytes[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }
    }

    /// <summary>The next byte; 0 at the end of the file, which begins no value.</summary>
    private readonly byte Peek() => _at < _bytes.Length ? _bytes[_at] : (byte)0;

    private bool TakeByte(byte expected)
    {
        bool isThere = Peek() == expected;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        bool isThere = _bytes[Math.Min(_at, _bytes.Length)..].StartsWith(word);
        _at += isThere ? word.Length : 0;
        return isThere;
    }

    private void Expect(byte expected)
    {
        if (!TakeByte(expected))
        {
            throw Wrong($"'{(char)expected}'");
        }
    }

    private readonly string Place => $"byte {_at}";

    private readonly Data.InputException Wrong(string expected)
    {
        string found = _at >= _bytes.Length
            ? "the end of the file"
            : $"'{Encoding.Latin1.GetString(_bytes.Slice(_at, Math.Min(12, _bytes.Length - _at)))}'";
        return ImportProblem.Of(Place, found, expected);
    }
}
