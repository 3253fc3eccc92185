namespace Serving.State.Windows;

/// <summary>
/// Stable merge sort of places by what stands there, without allocation (the library's sort by a comparer makes a
/// delegate). One comparison for each place where they are in order already, as records mostly are.
/// </summary>
internal static class IndexSort
{
    // Below this many, runs are made by insertion.
    private const int RunLength = 8;

    /// <summary>Sorts places; <paramref name="spare"/> is as long and receives anything.</summary>
    public static void Sort<TOrder>(Span<int> places, Span<int> spare, in TOrder order)
        where TOrder : struct, IPlaceOrder, allows ref struct
    {
        if (IsSorted(places, order))
        {
            return;
        }

        for (int start = 0; start < places.Length; start += RunLength)
        {
            Insert(places.Slice(start, Math.Min(RunLength, places.Length - start)), order);
        }

        Span<int> from = places;
        Span<int> to = spare[..places.Length];
        for (int width = RunLength; width < places.Length; width *= 2)
        {
            for (int start = 0; start < from.Length; start += 2 * width)
            {
                int middle = Math.Min(start + width, from.Length);
                int end = Math.Min(middle + width, from.Length);
                Merge(from[start..middle], from[middle..end], to[start..end], order);
            }

            Span<int> merged = to;
            to = from;
            from = merged;
        }

        if (!from.Overlaps(places))
        {
            from.CopyTo(places);
        }
    }

    private static bool IsSorted<TOrder>(Span<int> places, in TOrder order)
        where TOrder : struct, IPlaceOrder, allows ref struct
    {
        for (int index = 1; index < places.Length; index++)
        {
            if (order.Compare(places[index - 1], places[index]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static void Insert<TOrder>(Span<int> run, in TOrder order)
        where TOrder : struct, IPlaceOrder, allows ref struct
    {
        for (int index = 1; index < run.Length; index++)
        {
            int place = run[index];
            int at = index;
            for (; at > 0 && order.Compare(run[at - 1], place) > 0; at--)
            {
                run[at] = run[at - 1];
            }

            run[at] = place;
        }
    }

    private static void Merge<TOrder>(Span<int> left, Span<int> right, Span<int> to, in TOrder order)
        where TOrder : struct, IPlaceOrder, allows ref struct
    {
        int leftAt = 0;
        int rightAt = 0;
        for (int index = 0; index < to.Length; index++)
        {
            bool takeLeft = rightAt == right.Length
                || (leftAt < left.Length && order.Compare(left[leftAt], right[rightAt]) <= 0);
            to[index] = takeLeft ? left[leftAt++] : right[rightAt++];
        }
    }
}
