using System.Numerics;
using Serving.Data;

namespace Serving.Models.Trees.Kernels;

/// <summary>Turns a row of inputs into the keys that a threaded forest compares.</summary>
/// <remarks>
/// Vectors of the machine's own width do whole groups of features and plain code the rest; both compute the same
/// integers, so the width changes nothing.
/// </remarks>
[HotPath]
internal static class KeyRows
{
    /// <summary>Keys for binary64 comparisons, with |x| &lt;= 1e-35 as 0 (LightGBM).</summary>
    /// <param name="slots">The slots to fill.</param>
    /// <param name="rules">The tool's rules.</param>
    /// <param name="row">Inputs [features].</param>
    /// <param name="keys">Keys [slots].</param>
    public static void FillWide(ForestSlots slots, ForestRules rules, ReadOnlySpan<double> row, Span<long> keys)
    {
        int features = slots.FeatureCount;
        int group = Vector<double>.Count;
        int feature = 0;
        for (; feature <= features - group; feature += group)
        {
            FillWideGroup(slots.Blocks, features, new Vector<double>(row[feature..]), keys[feature..]);
        }

        for (; feature < features; feature++)
        {
            FillWideOne(slots.Blocks, features, row[feature], keys[feature..]);
        }

        foreach (CategoryColumn column in slots.Columns)
        {
            ReadOnlySpan<byte> answers = column.AnswersFor(rules.Prepare(row[column.Feature]), rules);
            ByteWidening.Widen(answers, keys.Slice(column.FirstSlot, answers.Length));
        }
    }

    /// <summary>Keys for binary32 comparisons; inputs are rounded half-even (XGBoost).</summary>
    /// <param name="slots">The slots to fill.</param>
    /// <param name="rules">The tool's rules.</param>
    /// <param name="row">Inputs [features].</param>
    /// <param name="keys">Keys [slots].</param>
    public static void FillNarrow(ForestSlots slots, ForestRules rules, ReadOnlySpan<double> row, Span<int> keys)
    {
        int features = slots.FeatureCount;
        int group = Vector<float>.Count;
        int feature = 0;
        for (; feature <= features - group; feature += group)
        {
            Vector<double> low = new(row[feature..]);
            Vector<double> high = new(row[(feature + Vector<double>.Count)..]);
            FillNarrowGroup(slots.Blocks, features, Vector.Narrow(low, high), keys[feature..]);
        }

        for (; feature < features; feature++)
        {
            FillNarrowOne(slots.Blocks, features, (float)row[feature], keys[feature..]);
        }

        foreach (CategoryColumn column in slots.Columns)
        {
            ReadOnlySpan<byte> answers = column.AnswersFor(rules.Prepare(row[column.Feature]), rules);
            ByteWidening.Widen(answers, keys.Slice(column.FirstSlot, answers.Length));
        }
    }

    private static void FillWideGroup(SlotKind[] blocks, int features, Vector<double> values, Span<long> keys)
    {
        Vector<long> isNaN = ~Vector.Equals(values, values);
        Vector<long> isZero = Vector.LessThanOrEqual(Vector.Abs(values), new Vector<double>(ForestRules.TinyMax));
        Vector<long> bits = Vector.AsVectorInt64(values) & ~(isNaN | isZero);
        Vector<long> ordered = bits ^ (Vector.ShiftRightArithmetic(bits, 63) & new Vector<long>(long.MaxValue));
        for (int block = 0; block < blocks.Length; block++)
        {
            Vector<long> missing = blocks[block] switch
            {
                SlotKind.NaNIsZero => Vector<long>.Zero,
                SlotKind.ZeroGoesLeft or SlotKind.ZeroGoesRight => isNaN | isZero,
                _ => isNaN,
            };
            Vector<long> side = new(GoesLeft(blocks[block]) ? long.MinValue : long.MaxValue);
            Vector.ConditionalSelect(missing, side, ordered).CopyTo(keys[(block * features)..]);
        }
    }

    private static void FillWideOne(SlotKind[] blocks, int features, double value, Span<long> keys)
    {
        bool isNaN = double.IsNaN(value);
        bool isZero = Math.Abs(value) <= ForestRules.TinyMax;
        long ordered = isNaN || isZero ? 0 : OrderedKeys.Of(value);
        for (int block = 0; block < blocks.Length; block++)
        {
            bool missing = blocks[block] switch
            {
                SlotKind.NaNIsZero => false,
                SlotKind.ZeroGoesLeft or SlotKind.ZeroGoesRight => isNaN || isZero,
                _ => isNaN,
            };
            long side = GoesLeft(blocks[block]) ? long.MinValue : long.MaxValue;
            keys[block * features] = missing ? side : ordered;
        }
    }

    private static void FillNarrowGroup(SlotKind[] blocks, int features, Vector<float> values, Span<int> keys)
    {
        Vector<int> isNaN = ~Vector.Equals(values, values);
        Vector<int> bits = Vector.AsVectorInt32(values + Vector<float>.Zero) & ~isNaN;
        Vector<int> ordered = bits ^ (Vector.ShiftRightArithmetic(bits, 31) & new Vector<int>(int.MaxValue));
        for (int block = 0; block < blocks.Length; block++)
        {
            Vector<int> side = new(GoesLeft(blocks[block]) ? int.MinValue : int.MaxValue);
            Vector.ConditionalSelect(isNaN, side, ordered).CopyTo(keys[(block * features)..]);
        }
    }

    private static void FillNarrowOne(SlotKind[] blocks, int features, float value, Span<int> keys)
    {
        for (int block = 0; block < blocks.Length; block++)
        {
            int side = GoesLeft(blocks[block]) ? int.MinValue : int.MaxValue;
            keys[block * features] = float.IsNaN(value) ? side : OrderedKeys.Of(value);
        }
    }

    private static bool GoesLeft(SlotKind kind) => kind is SlotKind.ZeroGoesLeft or SlotKind.NaNGoesLeft;
}
