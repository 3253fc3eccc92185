using System.Globalization;
using System.Text;

namespace Serving.Testing.Fuzzing;

/// <summary>
/// Changes good inputs in ways that parsers stumble over: bits and bytes, pieces taken out, doubled, moved or cut off,
/// numbers at their ends, words of the format where none belongs. The same for the same seed.
/// </summary>
public sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words, int seed)
{
    private const int ChangesMax = 5;
    private const int LengthMax = 1 << 20;

    private static readonly string[] s_numbers =
    [
        "0", "-1", "-0", "1", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e400",
        "-1e400", "1e-400", "0.1", "00", "1E5", "NaN", "0x10", "18446744073709551616", "79228162514264337593543950336",
    ];

    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "\"\"", "{}", "[]", "\\u0000", "\\ud800", "\0", "\n",
        "\u00e9", "//", "\uFEFF",
    ];

    private static readonly long[] s_edges =
        [0, 1, -1, 127, 128, 255, 256, 32767, 65535, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next()
    {
        var bytes = new List<byte>(Of(corpus));
        for (int change = _random.Next(ChangesMax); change >= 0; change--)
        {
            Change(bytes);
        }

        return bytes.Count > LengthMax ? [.. bytes.Take(LengthMax)] : [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count + 1);
        int length = Math.Min(_random.Next(1, 33), bytes.Count - at);
        switch (_random.Next(10))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when length > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4 when _random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                Overwrite(bytes, at);
                break;
            case 6:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Of(words.Count > 0 ? words : s_pieces)));
                break;
            case 7:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Of(s_pieces)));
                break;
            case 8:
                ReplaceNumber(bytes, at);
                break;
            default:
                Splice(bytes, at);
                break;
        }
    }

    private void Overwrite(List<byte> bytes, int at)
    {
        byte[] edge = BitConverter.GetBytes(Of(s_edges));
        int size = 1 << _random.Next(4);
        for (int place = 0; place < size && at + place < bytes.Count; place++)
        {
            bytes[at + place] = edge[place];
        }
    }

    // The run of digits at or behind a place.
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        int start = bytes.FindIndex(at, value => char.IsAsciiDigit((char)value));
        if (start < 0)
        {
            return;
        }

        int end = start;
        while (end < bytes.Count && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] is (byte)'.' or (byte)'-'))
        {
            end++;
        }

        string number = _random.Next(2) == 0
            ? Of(s_numbers)
            : _random.NextInt64(-100_000, 100_000).ToString(CultureInfo.InvariantCulture);
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.ASCII.GetBytes(number));
    }

    // A piece of another input in place of one of this.
    private void Splice(List<byte> bytes, int at)
    {
        byte[] other = Of(corpus);
        int from = _random.Next(other.Length);
        int count = Math.Min(_random.Next(1, 257), other.Length - from);
        bytes.RemoveRange(at, Math.Min(_random.Next(257), bytes.Count - at));
        bytes.InsertRange(at, other.AsSpan(from, count).ToArray());
    }

    private T Of<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
