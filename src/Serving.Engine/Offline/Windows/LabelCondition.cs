using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>A label's condition that reads the request, with the scratch memory of one thread.</summary>
internal sealed class LabelCondition(IRecordCondition condition, RowSchema columns)
{
    private readonly RowBatch _candidates = new(columns);
    private bool[] _holds = [];

    /// <summary>Whether the condition holds for one of the events.</summary>
    public bool AnyHolds(RowBatch requests, int request, RowBatch records, ReadOnlySpan<LabelEntry> entries)
    {
        _candidates.Clear();
        foreach (ref readonly LabelEntry entry in entries)
        {
            int row = _candidates.AddRow();
            for (int field = 0; field < records.FieldCount; field++)
            {
                if (records.IsPresent(entry.Row, field))
                {
                    FieldType type = columns.Fields[field].Type;
                    _candidates.Set(
                        row, field, OfflineRows.Copy(_candidates, records, type, records.Get(entry.Row, field)));
                }
            }
        }

        if (_holds.Length < entries.Length)
        {
            _holds = new bool[entries.Length];
        }

        Span<bool> holds = _holds.AsSpan(0, entries.Length);
        condition.Evaluate(_candidates, requests, request, holds);
        return holds.Contains(true);
    }
}
