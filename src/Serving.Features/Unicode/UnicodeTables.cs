namespace Serving.Features.Unicode;

/// <summary>Properties of the code points of Unicode 15.0.0 that NFC and simple case folding need.</summary>
/// <remarks>
/// The record of a code point p is Records[RecordNumbers[64 * BlockNumbers[p / 64] + p % 64]]; from U+30000 on no
/// code point has properties. Decompositions, pairs and foldings are found in sorted arrays by binary search, only
/// where the record says that there is one. The tables, 67 KB, are made by <c>generate-tables.py</c>. They are
/// arrays, not spans over constant data: code that is not optimized yet allocates on every creation of such a span.
/// </remarks>
internal static partial class UnicodeTables
{
    /// <summary>Bits of a record that hold the canonical combining class.</summary>
    public const int ClassMask = 0xFF;

    /// <summary>
    /// Set where a canonical decomposition exists; Hangul syllables, which are computed, have none here.
    /// </summary>
    public const int Decomposes = 0x100;

    /// <summary>Set where the simple case folding is another code point.</summary>
    public const int Folds = 0x200;

    /// <summary>Set where NFC may change the code point (NFC_QC is No or Maybe).</summary>
    public const int Doubtful = 0x400;

    private const int Limit = 0x30000;

    /// <summary>The property record of a code point.</summary>
    public static int Record(int point) => (uint)point >= Limit
        ? 0
        : Records[RecordNumbers[(BlockNumbers[point >> 6] << 6) + (point & 63)]];

    /// <summary>The full canonical decomposition of a code point whose record says that there is one.</summary>
    public static ReadOnlySpan<int> Decomposition(int point)
    {
        int index = Array.BinarySearch(DecomposedPoints, point);
        int start = DecompositionStarts[index];
        return Decompositions.AsSpan(start, DecompositionStarts[index + 1] - start);
    }

    /// <summary>The simple case folding (status C or S) of a code point whose record says that there is one.</summary>
    public static int Fold(int point) => FoldResults[Array.BinarySearch(FoldedPoints, point)];

    /// <summary>The primary composite of two code points, or -1.</summary>
    public static int Compose(int first, int second)
    {
        int index = Array.BinarySearch(PairKeys, ((ulong)(uint)first << 32) | (uint)second);
        return index < 0 ? -1 : PairResults[index];
    }
}
