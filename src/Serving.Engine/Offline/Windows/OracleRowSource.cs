using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Evaluation;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// Request rows in file order with the window values of the oracle, which holds all events: the slow reference. One
/// thread takes chunks and computes their values.
/// </summary>
internal sealed class OracleRowSource(
    IRowSource requests, WindowOracle oracle, WindowRunPlan plan, RowFilter? filter) : IRowSource
{
    public RowSchema Schema { get; } = plan.Results;

    public RowSchema? KeptSchema => requests.KeptSchema;

    public double Progress => requests.Progress;

    public IRowChunk? ReadChunk()
    {
        using IRowChunk? chunk = requests.ReadChunk();
        if (chunk is null)
        {
            return null;
        }

        var read = new RowBatch(requests.Schema);
        RowBatch? kept = KeptSchema is null ? null : new RowBatch(KeptSchema);
        chunk.Parse(read, kept);
        var values = new WindowValues(plan.Windows);
        var rows = new RowBatch(Schema);
        for (int row = 0; row < read.RowCount; row++)
        {
            if (filter is null || filter.Keeps(read.Get(row, filter.TimeField)))
            {
                oracle.Read(read, row, values);
            }
            else
            {
                values.AddRow();
            }

            plan.Joined?.Append(rows, read, values, row, oracle.Label(read, row));
        }

        return new ReadyChunk(chunk.FirstRow, plan.Joined is null ? read : rows, kept, values);
    }

    public void Dispose() => requests.Dispose();
}
