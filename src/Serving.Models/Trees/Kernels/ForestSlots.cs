namespace Serving.Models.Trees.Kernels;

/// <summary>
/// Which key each split of a forest reads. Numeric keys lie in one block per <see cref="SlotKind"/> that occurs, so the
/// slot of a feature is <c>block * FeatureCount + feature</c>; the answers of categorical tests lie behind them.
/// Immutable.
/// </summary>
internal sealed class ForestSlots
{
    /// <summary>Nodes hold slots in 16 bits.</summary>
    public const int SlotsMax = 65_536;

    /// <summary>Bound of all tables of categorical answers: they are to stay in the last-level cache.</summary>
    public const long TableBytesMax = 64 << 20;

    private readonly int[] _blockOf;
    private readonly CategoryTests?[] _tests;
    private readonly int[] _firstSlots;

    private ForestSlots(ForestParts parts, int[] blockOf, SlotKind[] blocks, CategoryTests?[] tests)
    {
        _blockOf = blockOf;
        _tests = tests;
        _firstSlots = new int[tests.Length];
        FeatureCount = parts.FeatureCount;
        Blocks = blocks;
        int slots = blocks.Length * FeatureCount;
        List<CategoryColumn> columns = [];
        for (int feature = 0; feature < tests.Length; feature++)
        {
            _firstSlots[feature] = slots;
            if (tests[feature] is { } found)
            {
                columns.Add(CategoryColumn.Make(feature, slots, parts.Categories, found.Tests));
                slots += found.Tests.Count;
            }
        }

        Columns = [.. columns];
        // A forest without splits has no keys, and yet each feature's place is written.
        SlotCount = Math.Max(Math.Max(slots, FeatureCount), 1);
    }

    public int FeatureCount { get; }

    public SlotKind[] Blocks { get; }

    public CategoryColumn[] Columns { get; }

    /// <summary>Keys of a row; at least one, which sinks and constant trees read.</summary>
    public int SlotCount { get; }

    public long MemoryBytes => Columns.Sum(column => column.MemoryBytes);

    /// <summary>Assigns slots, or says why that is impossible.</summary>
    public static (ForestSlots? Slots, string WhyNot) Assign(ForestParts parts)
    {
        bool[] kinds = new bool[(int)SlotKind.NaNGoesRight + 1];
        CategoryTests?[] tests = new CategoryTests?[parts.FeatureCount];
        foreach (TreeNode node in parts.Nodes)
        {
            if (node.IsLeaf)
            {
                continue;
            }

            if (node.CategorySet >= 0)
            {
                CategoryTests found = tests[node.Feature] ??= new CategoryTests(parts.Categories);
                found.PlaceOf(node.CategorySet, node.DefaultLeft);
            }
            else
            {
                kinds[(int)KindOf(node)] = true;
            }
        }

        SlotKind[] blocks = [.. Enum.GetValues<SlotKind>().Where(kind => kinds[(int)kind])];
        long slots = (blocks.Length * (long)parts.FeatureCount) + tests.Sum(found => found?.Tests.Count ?? 0L);
        if (slots > SlotsMax)
        {
            return (null, $"{slots} different keys, more than {SlotsMax}");
        }

        long bytes = tests.Sum(found => found is null ? 0 : CategoryColumn.BytesOf(parts.Categories, found.Tests));
        if (bytes > TableBytesMax)
        {
            return (null, $"the tables of its categorical splits take {bytes} bytes, more than {TableBytesMax}");
        }

        int[] blockOf = [.. Enum.GetValues<SlotKind>().Select(kind => Array.IndexOf(blocks, kind))];
        return (new ForestSlots(parts, blockOf, blocks, tests), "");
    }

    /// <summary>The slot that a split reads.</summary>
    public int SlotOf(in TreeNode node) => node.CategorySet >= 0
        ? _firstSlots[node.Feature] + _tests[node.Feature]!.PlaceOf(node.CategorySet, node.DefaultLeft)
        : (_blockOf[(int)KindOf(node)] * FeatureCount) + node.Feature;

    private static SlotKind KindOf(in TreeNode node) => node.Missing switch
    {
        MissingRule.NaNIsZero => SlotKind.NaNIsZero,
        MissingRule.ZeroIsMissing => node.DefaultLeft ? SlotKind.ZeroGoesLeft : SlotKind.ZeroGoesRight,
        _ => node.DefaultLeft ? SlotKind.NaNGoesLeft : SlotKind.NaNGoesRight,
    };
}
