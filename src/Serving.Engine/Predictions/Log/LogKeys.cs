using System.Collections.Immutable;
using System.Text;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The keys of a prediction log by their names: lines <c>ID BASE64</c> of 32 bytes each, the last one writes. Names are
/// told, keys never. Immutable and safe for use by several threads.
/// </summary>
public sealed class LogKeys
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    private const string Expected =
        "lines 'ID BASE64' of 32-byte keys, an ID of 1 to 32 letters, digits, '.', '_', '-'";

    private readonly ImmutableDictionary<string, byte[]> _keys;

    private LogKeys(ImmutableDictionary<string, byte[]> keys, string current)
    {
        _keys = keys;
        Current = current;
    }

    /// <summary>Name of the key that writes.</summary>
    public string Current { get; }

    /// <summary>Reads the text of a key file.</summary>
    /// <param name="text">Lines; empty ones and those that begin with <c>#</c> are passed over.</param>
    /// <param name="place">Where it is from, for people.</param>
    /// <exception cref="InputException">A line is no key; says its place and nothing of its content.</exception>
    public static LogKeys Parse(string text, string place)
    {
        var keys = ImmutableDictionary.CreateBuilder<string, byte[]>(StringComparer.Ordinal);
        var problems = new List<InputProblem>();
        string current = "";
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (TryParse(line, out string name, out byte[] key))
            {
                keys[name] = key;
                current = name;
            }
            else
            {
                problems.Add(new InputProblem($"{place} line {index + 1}", "no key", Expected));
            }
        }

        if (problems.Count == 0 && current.Length == 0)
        {
            problems.Add(new InputProblem(place, "no key", Expected));
        }

        return problems.Count == 0
            ? new LogKeys(keys.ToImmutable(), current)
            : throw new InputException([.. problems.Take(InputException.ProblemsShownMax)], problems.Count);
    }

    /// <summary>The key of a name; null where it is not there.</summary>
    internal byte[]? Find(string name) => _keys.GetValueOrDefault(name);

    private static bool TryParse(string line, out string name, out byte[] key)
    {
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        name = parts[0];
        key = [];
        if (parts.Length != 2 || Encoding.UTF8.GetByteCount(name) > SegmentHeader.KeyNameMax
            || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-')))
        {
            return false;
        }

        byte[] bytes = new byte[KeySize + 1];
        bool isGood = Convert.TryFromBase64String(parts[1], bytes, out int length) && length == KeySize;
        key = bytes[..KeySize];
        return isGood;
    }
}
