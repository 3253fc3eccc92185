using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Emit;

namespace Serving.Features.Windows;

/// <summary>A compiled condition over records and a request, with the memory of one thread.</summary>
internal sealed class RecordCondition(CompiledCode code, int slot) : IRecordCondition
{
    private readonly CompiledFrame _frame = code.CreateFrame();

    public void Evaluate(RowBatch records, RowBatch requests, int request, Span<bool> holds)
    {
        _frame.LoadBeside(requests, request);
        for (int record = 0; record < records.RowCount; record++)
        {
            _frame.Load(records, record);
            code.Run(_frame);
            holds[record] = _frame.Values[slot] != 0;
        }
    }
}
