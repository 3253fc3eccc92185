using System.Collections.Immutable;
using Serving.Models.Trees;
using Serving.Models.Trees.Kernels;

namespace Serving.Models.Tests.Trees.Kernels;

/// <summary>Keys made by vectors are those made one by one: rows of one feature never fill a vector.</summary>
public sealed class KeyRowsTests
{
    private static readonly double[] Values =
    [
        double.NaN, 0, -0.0, 1e-35, -1e-35, 1.1e-35, -1.1e-35, 5e-324, 1, -1, double.PositiveInfinity,
        double.NegativeInfinity, double.MaxValue, double.MinValue, 3.5e38, -3.5e38, 1e-46, -1e-46, 16777217, 0.1,
    ];

    [Fact]
    public void FillWide_ManyFeatures_EqualsOneByOne()
    {
        ForestSlots many = Slots(ForestRules.LightGbm, Values.Length);
        ForestSlots one = Slots(ForestRules.LightGbm, 1);
        long[] keys = new long[many.SlotCount];
        KeyRows.FillWide(many, ForestRules.LightGbm, Values, keys);
        for (int i = 0; i < Values.Length; i++)
        {
            long[] single = new long[one.SlotCount];
            KeyRows.FillWide(one, ForestRules.LightGbm, Values.AsSpan(i, 1), single);
            Assert.Equal(single, Enumerable.Range(0, one.SlotCount).Select(block => keys[(block * Values.Length) + i]));
        }
    }

    [Fact]
    public void FillNarrow_ManyFeatures_EqualsOneByOne()
    {
        ForestSlots many = Slots(ForestRules.XGBoost, Values.Length);
        ForestSlots one = Slots(ForestRules.XGBoost, 1);
        int[] keys = new int[many.SlotCount];
        KeyRows.FillNarrow(many, ForestRules.XGBoost, Values, keys);
        for (int i = 0; i < Values.Length; i++)
        {
            int[] single = new int[one.SlotCount];
            KeyRows.FillNarrow(one, ForestRules.XGBoost, Values.AsSpan(i, 1), single);
            Assert.Equal(single, Enumerable.Range(0, one.SlotCount).Select(block => keys[(block * Values.Length) + i]));
        }
    }

    /// <summary>Slots of a forest with every kind of missing rule and side.</summary>
    private static ForestSlots Slots(ForestRules rules, int features)
    {
        TreeEnsembleBuilder builder = new(rules, features, 1);
        foreach (MissingRule rule in Enum.GetValues<MissingRule>().Where(
            rule => !rules.InputsAreSingle || rule == MissingRule.NaNIsMissing))
        {
            foreach (bool left in (bool[])[false, true])
            {
                builder.AddTree("tree", 0,
                [
                    new TreeNode { Left = 1, Right = 2, CategorySet = -1, Missing = rule, DefaultLeft = left },
                    TreeNode.Leaf(1, 0),
                    TreeNode.Leaf(2, 1),
                ]);
            }
        }

        return ForestSlots.Assign(builder.Build(ImmutableArray.Create(0.0))).Slots!;
    }
}
