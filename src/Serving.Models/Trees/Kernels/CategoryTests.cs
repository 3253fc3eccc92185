namespace Serving.Models.Trees.Kernels;

/// <summary>The distinct categorical tests of one feature, in the order in which they were met.</summary>
internal sealed class CategoryTests(CategorySets sets)
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<(int Set, bool DefaultLeft)> _tests = [];

    public IReadOnlyList<(int Set, bool DefaultLeft)> Tests => _tests;

    /// <summary>The place of a test; the same place for sets of the same categories.</summary>
    public int PlaceOf(int set, bool defaultLeft)
    {
        string key = KeyOf(sets.WordsOf(set), defaultLeft);
        if (!_places.TryGetValue(key, out int place))
        {
            place = _tests.Count;
            _places.Add(key, place);
            _tests.Add((set, defaultLeft));
        }

        return place;
    }

    private static string KeyOf(ReadOnlySpan<uint> words, bool defaultLeft)
    {
        words = words.TrimEnd(0u);
        return string.Concat(
            defaultLeft ? "L" : "R", Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words)));
    }
}
