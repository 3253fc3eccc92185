using System.Numerics;
using Serving.Data;

namespace Serving.State.Windows;

/// <summary>Count, exact sum and extremes of whole numbers that stand side by side, several at a time.</summary>
internal static class NumberRun
{
    // Sums of so many numbers below the bound, in each lane and of all lanes together, fit 64 bits.
    private const int NumbersMax = 1 << 14;
    private const long Bound = 1L << 48;

    /// <summary>The tally of some numbers.</summary>
    [HotPath]
    public static Tally TallyOf(ReadOnlySpan<long> numbers)
    {
        if (numbers.Length >= Vector<long>.Count * 2 && numbers.Length <= NumbersMax)
        {
            return TallyOfMany(numbers);
        }

        Int128 sum = Int128.Zero;
        long least = long.MaxValue;
        long greatest = long.MinValue;
        foreach (long number in numbers)
        {
            sum += number;
            least = Math.Min(least, number);
            greatest = Math.Max(greatest, number);
        }

        return new Tally { Count = numbers.Length, Sum = sum, Least = least, Greatest = greatest };
    }

    private static Tally TallyOfMany(ReadOnlySpan<long> numbers)
    {
        int width = Vector<long>.Count;
        Vector<long> sums = Vector<long>.Zero;
        Vector<long> leasts = new(numbers);
        Vector<long> greatests = leasts;
        int at = 0;
        for (; at <= numbers.Length - width; at += width)
        {
            Vector<long> next = new(numbers[at..]);
            sums += next;
            leasts = Vector.Min(leasts, next);
            greatests = Vector.Max(greatests, next);
        }

        long sum = Vector.Sum(sums);
        (long least, long greatest) = (leasts[0], greatests[0]);
        for (int lane = 1; lane < width; lane++)
        {
            least = Math.Min(least, leasts[lane]);
            greatest = Math.Max(greatest, greatests[lane]);
        }

        for (; at < numbers.Length; at++)
        {
            long next = numbers[at];
            sum = unchecked(sum + next);
            least = Math.Min(least, next);
            greatest = Math.Max(greatest, next);
        }

        bool isExact = least > -Bound && greatest < Bound;
        return new Tally
        {
            Count = numbers.Length,
            Sum = isExact ? sum : ExactSum(numbers),
            Least = least,
            Greatest = greatest,
        };
    }

    private static Int128 ExactSum(ReadOnlySpan<long> numbers)
    {
        Int128 sum = Int128.Zero;
        foreach (long number in numbers)
        {
            sum += number;
        }

        return sum;
    }
}
