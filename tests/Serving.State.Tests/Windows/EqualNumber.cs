using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>The condition <c>n == now.n</c> over one int column.</summary>
internal sealed class EqualNumber(int column) : IRecordCondition
{
    public void Evaluate(RowBatch records, RowBatch requests, int request, Span<bool> holds)
    {
        for (int row = 0; row < records.RowCount; row++)
        {
            holds[row] = records.IsPresent(row, column) && records.Get(row, column) == requests.Get(request, 0);
        }
    }
}
