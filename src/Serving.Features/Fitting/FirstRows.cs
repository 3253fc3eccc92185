using System.Buffers.Binary;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>
/// Which rows of the data are the first with their request id (R90). The first pass keeps all ids, exactly, and notes
/// the repeated rows in a bit for each row; later passes read only the bits. Rows must come in the input's order.
/// </summary>
internal sealed class FirstRows(int idField, ValueKind idKind, MemoryBudget budget)
{
    private const int RowsPerWord = 64;

    private IdSet? _ids = new(budget);

    // Bit row % 64 of word row / 64 is set for a repeated row; rows count from 0.
    private ulong[] _isRepeated = new ulong[1024];

    /// <summary>Ends the first pass: the ids are not needed any more.</summary>
    public void Close()
    {
        _ids?.Free();
        _ids = null;
    }

    /// <summary>Says for each row of a batch whether its id is new.</summary>
    /// <param name="rows">The batch.</param>
    /// <param name="firstRow">Number of its first row in the input, from 1.</param>
    /// <param name="isFirst">Receives one flag for each row.</param>
    public void Mark(RowBatch rows, long firstRow, Span<bool> isFirst)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        for (int row = 0; row < rows.RowCount; row++)
        {
            long place = firstRow - 1 + row;
            if (_ids is null)
            {
                isFirst[row] = !IsRepeated(place);
                continue;
            }

            BinaryPrimitives.WriteInt64LittleEndian(number, rows.Get(row, idField));
            isFirst[row] = _ids.Add(idKind == ValueKind.String ? rows.GetText(row, idField) : number);
            if (!isFirst[row])
            {
                SetRepeated(place);
            }
        }
    }

    private bool IsRepeated(long place)
    {
        long word = place / RowsPerWord;
        return word < _isRepeated.Length && ((_isRepeated[word] >> (int)(place % RowsPerWord)) & 1) != 0;
    }

    private void SetRepeated(long place)
    {
        long word = place / RowsPerWord;
        if (word >= _isRepeated.Length)
        {
            Array.Resize(ref _isRepeated, (int)Math.Max(word + 1, _isRepeated.Length * 2L));
        }

        _isRepeated[word] |= 1UL << (int)(place % RowsPerWord);
    }
}
