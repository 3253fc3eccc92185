using System.Text;

namespace Serving.Models.Import.LightGbm;

/// <summary>A run of <c>key=value</c> lines of a model: its head, or one tree.</summary>
internal readonly ref struct LightGbmSection
{
    private readonly ReadOnlySpan<byte> _file;
    private readonly Dictionary<string, Range> _values;

    private LightGbmSection(ReadOnlySpan<byte> file, Dictionary<string, Range> values, string place)
    {
        _file = file;
        _values = values;
        Place = place;
    }

    /// <summary>Name of the section in messages.</summary>
    public string Place { get; }

    /// <summary>Reads lines up to the next section, or to the end of trees, or to the end of the file.</summary>
    /// <param name="lines">Stands behind the section's first line; afterwards before the next section's.</param>
    /// <param name="place">Name of the section in messages.</param>
    public static LightGbmSection Read(ref LightGbmLines lines, string place)
    {
        Dictionary<string, Range> values = new(StringComparer.Ordinal);
        while (lines.Peek(out ReadOnlySpan<byte> line)
            && !line.StartsWith("Tree="u8) && !line.SequenceEqual("end of trees"u8))
        {
            int start = lines.Position;
            lines.Take();
            if (line.Length == 0)
            {
                continue;
            }

            int equals = line.IndexOf((byte)'=');
            string key = Encoding.UTF8.GetString(equals < 0 ? line : line[..equals]);
            Range value = (start + equals + 1)..(start + line.Length);
            if (!values.TryAdd(key, equals < 0 ? 0..0 : value))
            {
                throw ImportProblem.Of($"{place}, byte {start}", $"\"{key}\" a second time", "each line once");
            }
        }

        return new LightGbmSection(lines.File, values, place);
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The value of a line; empty where there is none.</summary>
    public ReadOnlySpan<byte> Find(string key) => _values.TryGetValue(key, out Range range) ? _file[range] : default;

    /// <summary>The value of a line that must be there.</summary>
    public ReadOnlySpan<byte> Get(string key) =>
        _values.TryGetValue(key, out Range range)
            ? _file[range]
            : throw ImportProblem.Of(Place, $"no line {key}=", $"a line {key}=");

    public string Text(string key) => Encoding.UTF8.GetString(Find(key));

    public int Integer(string key, int least, int most) =>
        LightGbmNumbers.Integer(Get(key).Trim((byte)' '), $"{Place}, {key}", least, most);

    /// <summary>Numbers of a line that must hold a given count of them.</summary>
    public double[] Doubles(string key, long count) =>
        Counted(LightGbmNumbers.Doubles(Get(key), $"{Place}, {key}"), key, count);

    /// <summary>Whole numbers of a line that must hold a given count of them.</summary>
    public int[] Integers(string key, long count, int least, int most) =>
        Counted(LightGbmNumbers.Integers(Get(key), $"{Place}, {key}", least, most), key, count);

    /// <summary>Finite numbers of a line that must hold a given count of them.</summary>
    public double[] FiniteDoubles(string key, long count)
    {
        double[] numbers = Doubles(key, count);
        int wrong = Array.FindIndex(numbers, number => !double.IsFinite(number));
        return wrong < 0
            ? numbers
            : throw ImportProblem.Of($"{Place}, {key}, number {wrong}", numbers[wrong].ToString(), "finite numbers");
    }

    private T[] Counted<T>(T[] numbers, string key, long count) =>
        numbers.Length == count
            ? numbers
            : throw ImportProblem.Of($"{Place}, {key}", $"{numbers.Length} numbers", $"{count}");
}
