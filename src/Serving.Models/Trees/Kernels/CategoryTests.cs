using System.Runtime.InteropServices;

namespace Serving.Models.Trees.Kernels;

/// <summary>The distinct categorical tests of one feature, in the order in which they were met.</summary>
internal sealed class CategoryTests(CategorySets sets)
{
    /// <summary>Places by the categories of a set.</summary>
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Places by the number of a set, so that each set is compared with others once.</summary>
    private readonly Dictionary<(int Set, bool DefaultLeft), int> _known = [];
    private readonly List<(int Set, bool DefaultLeft)> _tests = [];

    public IReadOnlyList<(int Set, bool DefaultLeft)> Tests => _tests;

    /// <summary>The place of a test; the same place for sets of the same categories.</summary>
    public int PlaceOf(int set, bool defaultLeft)
    {
        if (_known.TryGetValue((set, defaultLeft), out int place))
        {
            return place;
        }

        string key = KeyOf(sets.WordsOf(set), defaultLeft);
        if (!_places.TryGetValue(key, out place))
        {
            place = _tests.Count;
            _places.Add(key, place);
            _tests.Add((set, defaultLeft));
        }

        _known.Add((set, defaultLeft), place);
        return place;
    }

    private static string KeyOf(ReadOnlySpan<uint> words, bool defaultLeft)
    {
        words = words.TrimEnd(0u);
        return string.Concat(defaultLeft ? "L" : "R", Convert.ToHexString(MemoryMarshal.AsBytes(words)));
    }
}
