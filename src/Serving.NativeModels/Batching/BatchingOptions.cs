using System.Collections.Immutable;

namespace Serving.NativeModels.Batching;

/// <summary>How calls of one model form batches. Immutable.</summary>
public sealed record BatchingOptions
{
    /// <summary>All defaults.</summary>
    public static BatchingOptions Default { get; } = new();

    /// <summary>Rows of a batch at most; a call of more rows runs alone.</summary>
    public int RowsMax { get; init; } = 64;

    /// <summary>
    /// Sizes in which batches run, ascending: those that were warmed. A batch takes no more rows than the greatest size
    /// that is full, so that seldom a row is run in vain; what lies between two sizes is filled with a copy of its last
    /// row.
    /// </summary>
    public ImmutableArray<int> Sizes { get; init; } = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];

    /// <summary>Calls that wait at most; one more is refused at once.</summary>
    public int WaitingMax { get; init; } = 1024;

    /// <summary>Runs at one time; calls wait when so many are under way.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The sizes for so many rows at most: the default ones, doubled beyond, and the bound.</summary>
    public static ImmutableArray<int> SizesUpTo(int rowsMax)
    {
        var sizes = ImmutableArray.CreateBuilder<int>();
        foreach (int size in Default.Sizes)
        {
            if (size < rowsMax)
            {
                sizes.Add(size);
            }
        }

        for (int size = 2 * Default.Sizes[^1]; size < rowsMax; size *= 2)
        {
            sizes.Add(size);
        }

        sizes.Add(rowsMax);
        return sizes.ToImmutable();
    }

    /// <summary>
    /// The least of <see cref="Sizes"/> that holds so many rows; the rows themselves where none does.
    /// </summary>
    public int SizeFor(int rows)
    {
        foreach (int size in Sizes)
        {
            if (size >= rows)
            {
                return size;
            }
        }

        return rows;
    }

    /// <summary>How many of so many waiting rows the next batch takes.</summary>
    public int FullSize(int waiting)
    {
        int full = 1;
        foreach (int size in Sizes)
        {
            full = size <= Math.Min(waiting, RowsMax) ? size : full;
        }

        return full;
    }
}
