namespace Serving.Data;

/// <summary>
/// What a model scores: rows of dense numbers beside rows of ids, in flat arrays that are reused. Not safe for use by
/// several threads; its owner is the scoring context that was rented for a request.
/// </summary>
/// <remarks>
/// Shapes: <see cref="Dense"/> is [rows, dense columns], row-major; NaN means missing (models get their own native
/// missing, the language itself has no NaN). <see cref="Ids"/> is one list of all ids; those of row r and id column c
/// end before <c>IdEnds[r * IdColumnCount + c]</c> and begin where the pair before ends (0 for the first).
/// </remarks>
public sealed class FeatureBatch
{
    /// <summary>Rows in the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>Dense numbers in a row.</summary>
    public int DenseCount { get; private set; }

    /// <summary>Id columns in a row.</summary>
    public int IdColumnCount { get; private set; }

    /// <summary>Dense numbers [rows, dense columns]; longer than needed.</summary>
    public double[] Dense { get; private set; } = [];

    /// <summary>All ids, row by row, column by column; longer than needed.</summary>
    public uint[] Ids { get; private set; } = [];

    /// <summary>End of each (row, id column) in <see cref="Ids"/> [rows, id columns]; longer than needed.</summary>
    public int[] IdEnds { get; private set; } = [];

    /// <summary>Ids in use.</summary>
    public int IdCount { get; set; }

    /// <summary>
    /// Makes room for rows. The arrays' former contents are undefined: writers fill every place.
    /// </summary>
    /// <param name="rows">Rows to hold.</param>
    /// <param name="denseCount">Dense numbers in a row.</param>
    /// <param name="idColumnCount">Id columns in a row.</param>
    /// <param name="idsMax">Upper bound of the ids of all rows together.</param>
    public void Reset(int rows, int denseCount, int idColumnCount, int idsMax)
    {
        RowCount = rows;
        DenseCount = denseCount;
        IdColumnCount = idColumnCount;
        IdCount = 0;
        if (Dense.Length < rows * denseCount)
        {
            Dense = new double[Math.Max(rows * denseCount, Dense.Length * 2)];
        }

        if (Ids.Length < idsMax)
        {
            Ids = new uint[Math.Max(idsMax, Ids.Length * 2)];
        }

        if (IdEnds.Length < rows * idColumnCount)
        {
            IdEnds = new int[Math.Max(rows * idColumnCount, IdEnds.Length * 2)];
        }
    }

    /// <summary>The dense numbers of a row.</summary>
    public ReadOnlySpan<double> DenseRow(int row) => Dense.AsSpan(row * DenseCount, DenseCount);

    /// <summary>The ids of a row in one id column.</summary>
    public ReadOnlySpan<uint> RowIds(int row, int column)
    {
        int place = (row * IdColumnCount) + column;
        int start = place == 0 ? 0 : IdEnds[place - 1];
        return Ids.AsSpan(start, IdEnds[place] - start);
    }
}
