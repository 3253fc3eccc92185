using Serving.Features.Types;

namespace Serving.Features.Emit.Runtime;

/// <summary>Encoders that look things up, as emitted code calls them.</summary>
internal static class EncoderFunctions
{
    /// <summary>2 + number of borders at or below the value (R75).</summary>
    public static long BucketOfBorders(double value, int borders, CompiledFrame frame)
    {
        double[] table = frame.Tables.Borders[borders];
        int low = 0;
        int length = table.Length;

        // Branch-free upper bound: the half that holds the answer is chosen by a conditional move.
        while (length > 0)
        {
            int half = length >> 1;
            bool right = table[low + half] <= value;
            low = right ? low + half + 1 : low;
            length = right ? length - half - 1 : half;
        }

        return 2 + low;
    }

    public static long CategoryOfSlot(long slot, int table, CompiledFrame frame) =>
        frame.Tables.Categories[table].FindSlot(slot);

    public static long CategoryOfText(long text, int table, CompiledFrame frame) =>
        frame.Tables.Categories[table].FindText(frame.Text(text));

    /// <summary>A list's elements looked up one by one (R74, R85).</summary>
    public static long CategoriesOfList(long list, int elementKind, int table, CompiledFrame frame)
    {
        int count = frame.List(list).Length;
        long result = frame.NewList(count, out Span<long> ids);
        ReadOnlySpan<long> items = frame.List(list);
        for (int index = 0; index < count; index++)
        {
            ids[index] = elementKind == (int)TypeKind.String
                ? CategoryOfText(items[index], table, frame)
                : CategoryOfSlot(items[index], table, frame);
        }

        return result;
    }

    /// <summary>One id 2 + i for each set bit i below a count, ascending (R76).</summary>
    public static long BitsOf(long value, int count, CompiledFrame frame)
    {
        ulong bits = (ulong)value & (count == 64 ? ulong.MaxValue : (1UL << count) - 1);
        long result = frame.NewList(System.Numerics.BitOperations.PopCount(bits), out Span<long> ids);
        for (int index = 0; bits != 0; index++, bits &= bits - 1)
        {
            ids[index] = 2 + System.Numerics.BitOperations.TrailingZeroCount(bits);
        }

        return result;
    }

    /// <summary>The list of a missing value: the single id 0 (R74).</summary>
    public static long MissingList(CompiledFrame frame)
    {
        long result = frame.NewList(1, out Span<long> ids);
        ids[0] = 0;
        return result;
    }
}
