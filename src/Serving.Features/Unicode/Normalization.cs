namespace Serving.Features.Unicode;

/// <summary>Normalization form C of code points (Unicode Standard Annex 15, Unicode 15.0.0).</summary>
internal static class Normalization
{
    private const int SyllableBase = 0xAC00;
    private const int LeadingBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailingBase = 0x11A7;
    private const int LeadingCount = 19;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;
    private const int SyllableCount = LeadingCount * VowelCount * TrailingCount;

    // The longest full canonical decompositions have four code points.
    private const int MaxExpansion = 4;

    /// <summary>True when the text is surely in NFC: no doubtful code point and no combining mark.</summary>
    public static bool IsSurelyComposed(ReadOnlySpan<int> points)
    {
        foreach (int point in points)
        {
            const int Unsure = UnicodeTables.Doubtful | UnicodeTables.ClassMask;
            if ((UnicodeTables.Record(point) & Unsure) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Normalizes the first <paramref name="count"/> code points; both buffers grow and may be exchanged.
    /// </summary>
    /// <returns>The number of code points in <paramref name="points"/> afterwards.</returns>
    public static int Compose(ref int[] points, int count, ref int[] spare)
    {
        if (IsSurelyComposed(points.AsSpan(0, count)))
        {
            return count;
        }

        if (spare.Length < count * MaxExpansion)
        {
            spare = new int[count * MaxExpansion];
        }

        int length = Decompose(points.AsSpan(0, count), spare);
        Reorder(spare.AsSpan(0, length));
        (points, spare) = (spare, points);
        return ComposeInPlace(points.AsSpan(0, length));
    }

    private static int Decompose(ReadOnlySpan<int> points, Span<int> destination)
    {
        int length = 0;
        foreach (int point in points)
        {
            int syllable = point - SyllableBase;
            if ((uint)syllable < SyllableCount)
            {
                destination[length++] = LeadingBase + (syllable / (VowelCount * TrailingCount));
                destination[length++] = VowelBase + (syllable / TrailingCount % VowelCount);
                int trailing = syllable % TrailingCount;
                if (trailing != 0)
                {
                    destination[length++] = TrailingBase + trailing;
                }
            }
            else if ((UnicodeTables.Record(point) & UnicodeTables.Decomposes) != 0)
            {
                ReadOnlySpan<int> parts = UnicodeTables.Decomposition(point);
                parts.CopyTo(destination[length..]);
                length += parts.Length;
            }
            else
            {
                destination[length++] = point;
            }
        }

        return length;
    }

    /// <summary>Sorts every run of combining marks by class, equal classes in their order.</summary>
    private static void Reorder(Span<int> points)
    {
        for (int start = 0; start < points.Length;)
        {
            int end = start;
            while (end < points.Length && Class(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                SortMarks(points[start..end]);
            }

            start = end + 1;
        }
    }

    /// <summary>A stable counting sort, so that a text of thousands of marks takes no longer than any other.</summary>
    private static void SortMarks(Span<int> marks)
    {
        bool isSorted = true;
        for (int i = 1; i < marks.Length && isSorted; i++)
        {
            isSorted = Class(marks[i - 1]) <= Class(marks[i]);
        }

        if (isSorted)
        {
            return;
        }

        if (marks.Length <= 16)
        {
            InsertionSort(marks);
            return;
        }

        Span<int> places = stackalloc int[256];
        places.Clear();
        foreach (int mark in marks)
        {
            places[Class(mark)]++;
        }

        int next = 0;
        for (int i = 0; i < places.Length; i++)
        {
            (places[i], next) = (next, next + places[i]);
        }

        int[] copy = marks.ToArray();
        foreach (int mark in copy)
        {
            marks[places[Class(mark)]++] = mark;
        }
    }

    private static void InsertionSort(Span<int> marks)
    {
        for (int i = 1; i < marks.Length; i++)
        {
            int mark = marks[i];
            int own = Class(mark);
            int at = i;
            for (; at > 0 && Class(marks[at - 1]) > own; at--)
            {
                marks[at] = marks[at - 1];
            }

            marks[at] = mark;
        }
    }

    /// <summary>Canonical composition of decomposed and ordered code points (UAX 15, D117).</summary>
    private static int ComposeInPlace(Span<int> points)
    {
        int starter = -1;
        int lastClass = 0;
        int length = 0;
        foreach (int point in points)
        {
            int own = Class(point);

            // A mark reaches the starter unless one of its class or a higher one, or a starter, stands between them.
            bool isBlocked = length - starter > 1 && (lastClass == 0 || lastClass >= own);
            int composite = starter >= 0 && !isBlocked ? ComposePair(points[starter], point) : -1;
            if (composite >= 0)
            {
                points[starter] = composite;
                continue;
            }

            if (own == 0)
            {
                starter = length;
            }

            lastClass = own;
            points[length++] = point;
        }

        return length;
    }

    private static int ComposePair(int first, int second)
    {
        int leading = first - LeadingBase;
        int vowel = second - VowelBase;
        if ((uint)leading < LeadingCount && (uint)vowel < VowelCount)
        {
            return SyllableBase + (((leading * VowelCount) + vowel) * TrailingCount);
        }

        int syllable = first - SyllableBase;
        int trailing = second - TrailingBase;
        if ((uint)syllable < SyllableCount && syllable % TrailingCount == 0 && trailing is > 0 and < TrailingCount)
        {
            return first + trailing;
        }

        return UnicodeTables.Compose(first, second);
    }

    private static int Class(int point) => UnicodeTables.Record(point) & UnicodeTables.ClassMask;
}
