using Serving.Data;

namespace Serving.Engine.Pipeline;

/// <summary>
/// The k best rows, best score first, ties by place. A heap of k places: n log k comparisons and no memory beside the
/// result, where a full sort of n rows would need both.
/// </summary>
[HotPath]
internal static class TopRanking
{
    /// <summary>Writes 0 .. rows - 1 and returns their count.</summary>
    public static int InOrder(Span<int> order, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            order[row] = row;
        }

        return rows;
    }

    /// <summary>
    /// Writes the places of the <paramref name="count"/> best rows by their first output and returns the count.
    /// REQUIRES: no NaN among the scores.
    /// </summary>
    public static int BestFirst(ReadOnlySpan<double> scores, int stride, int rows, int count, Span<int> order)
    {
        // The root is the worst row that is kept, so that one comparison passes over most rows.
        Span<int> heap = order[..count];
        for (int row = 0; row < rows; row++)
        {
            if (row < count)
            {
                heap[row] = row;
                SiftUp(heap, row, scores, stride);
            }
            else if (count > 0 && IsBetter(row, heap[0], scores, stride))
            {
                heap[0] = row;
                SiftDown(heap, scores, stride);
            }
        }

        // Taking the worst to the end, again and again, leaves the best first.
        for (int size = count - 1; size > 0; size--)
        {
            (heap[0], heap[size]) = (heap[size], heap[0]);
            SiftDown(heap[..size], scores, stride);
        }

        return count;
    }

    private static void SiftUp(Span<int> heap, int child, ReadOnlySpan<double> scores, int stride)
    {
        while (child > 0)
        {
            int parent = (child - 1) / 2;
            if (!IsBetter(heap[parent], heap[child], scores, stride))
            {
                return;
            }

            (heap[parent], heap[child]) = (heap[child], heap[parent]);
            child = parent;
        }
    }

    private static void SiftDown(Span<int> heap, ReadOnlySpan<double> scores, int stride)
    {
        int parent = 0;
        while (true)
        {
            int child = (parent * 2) + 1;
            if (child >= heap.Length)
            {
                return;
            }

            if (child + 1 < heap.Length && IsBetter(heap[child], heap[child + 1], scores, stride))
            {
                child++;
            }

            if (!IsBetter(heap[parent], heap[child], scores, stride))
            {
                return;
            }

            (heap[parent], heap[child]) = (heap[child], heap[parent]);
            parent = child;
        }
    }

    private static bool IsBetter(int row, int than, ReadOnlySpan<double> scores, int stride)
    {
        double left = scores[row * stride];
        double right = scores[than * stride];
        return left > right || (left == right && row < than);
    }
}
