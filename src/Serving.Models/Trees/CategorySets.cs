namespace Serving.Models.Trees;

/// <summary>Sets of categories as bit strings in one flat array. Immutable.</summary>
/// <remarks>Category c is in set s when <c>c / 32 &lt; Ends[s] - start</c> and bit <c>c % 32</c> of
/// <c>Words[start + c / 32]</c> is set, where start is <c>Ends[s - 1]</c>, or 0 for the first set.</remarks>
internal sealed class CategorySets(uint[] words, int[] ends)
{
    public static CategorySets Empty { get; } = new([], []);

    public int Count => ends.Length;

    public long MemoryBytes => (words.Length + (long)ends.Length) * sizeof(int);

    /// <summary>The words of a set.</summary>
    public ReadOnlySpan<uint> WordsOf(int set)
    {
        int start = set == 0 ? 0 : ends[set - 1];
        return words.AsSpan(start, ends[set] - start);
    }

    /// <summary>Whether a category is in a set; -1 is in none.</summary>
    public bool Contains(int set, int category)
    {
        if (category < 0)
        {
            return false;
        }

        ReadOnlySpan<uint> bits = WordsOf(set);
        int word = category >> 5;
        return word < bits.Length && ((bits[word] >> (category & 31)) & 1) != 0;
    }
}
