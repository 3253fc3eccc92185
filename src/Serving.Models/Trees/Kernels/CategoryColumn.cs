namespace Serving.Models.Trees.Kernels;

/// <summary>
/// All categorical tests of one feature, answered by one copy: each distinct test is a slot of its own, and a table
/// holds the answers of all slots for each category. Immutable.
/// </summary>
/// <remarks>Row r of <see cref="Answers"/> begins at <c>r * SlotCount</c>: row 0 is for a missing value, row 1 for a
/// category in no set, further rows as <see cref="RowOf"/> says. 0 goes left, 1 goes right.</remarks>
internal sealed class CategoryColumn
{
    private const int MissingRow = 0;
    private const int UnknownRow = 1;

    private CategoryColumn(int feature, int firstSlot, int slotCount, int[] rowOf, byte[] answers)
    {
        Feature = feature;
        FirstSlot = firstSlot;
        SlotCount = slotCount;
        RowOf = rowOf;
        Answers = answers;
    }

    public int Feature { get; }

    public int FirstSlot { get; }

    public int SlotCount { get; }

    /// <summary>Row of each category below its length.</summary>
    public int[] RowOf { get; }

    public byte[] Answers { get; }

    public long MemoryBytes => Answers.Length + (RowOf.Length * 4L);

    /// <summary>Bytes that the table of these tests takes, without making it.</summary>
    public static long BytesOf(CategorySets sets, IReadOnlyList<(int Set, bool DefaultLeft)> tests) =>
        ((2 + (long)Members(sets, tests).Count(isMember => isMember)) * tests.Count) + (WordsMax(sets, tests) * 128L);

    public static CategoryColumn Make(
        int feature, int firstSlot, CategorySets sets, IReadOnlyList<(int Set, bool DefaultLeft)> tests)
    {
        bool[] members = Members(sets, tests);
        int[] rowOf = new int[members.Length];
        int rows = 2;
        for (int category = 0; category < members.Length; category++)
        {
            rowOf[category] = members[category] ? rows++ : UnknownRow;
        }

        byte[] answers = new byte[rows * tests.Count];
        Array.Fill(answers, (byte)1);
        for (int slot = 0; slot < tests.Count; slot++)
        {
            answers[slot] = tests[slot].DefaultLeft ? (byte)0 : (byte)1;
            for (int category = 0; category < members.Length; category++)
            {
                if (sets.Contains(tests[slot].Set, category))
                {
                    answers[(rowOf[category] * tests.Count) + slot] = 0;
                }
            }
        }

        return new CategoryColumn(feature, firstSlot, tests.Count, rowOf, answers);
    }

    /// <summary>The answers of all slots for a prepared value.</summary>
    public ReadOnlySpan<byte> AnswersFor(double value, ForestRules rules)
    {
        int row = MissingRow;
        if (!double.IsNaN(value))
        {
            int category = rules.CategoryOf(value);
            row = (uint)category < (uint)RowOf.Length ? RowOf[category] : UnknownRow;
        }

        return Answers.AsSpan(row * SlotCount, SlotCount);
    }

    private static int WordsMax(CategorySets sets, IReadOnlyList<(int Set, bool DefaultLeft)> tests) =>
        tests.Max(test => sets.WordsOf(test.Set).Length);

    private static bool[] Members(CategorySets sets, IReadOnlyList<(int Set, bool DefaultLeft)> tests)
    {
        bool[] members = new bool[WordsMax(sets, tests) * 32];
        foreach ((int set, _) in tests)
        {
            ReadOnlySpan<uint> words = sets.WordsOf(set);
            for (int category = 0; category < words.Length * 32; category++)
            {
                members[category] |= ((words[category >> 5] >> (category & 31)) & 1) != 0;
            }
        }

        return members;
    }
}
