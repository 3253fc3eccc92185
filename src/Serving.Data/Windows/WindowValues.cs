namespace Serving.Data.Windows;

/// <summary>
/// The window values of request rows, one row for each in the same order, and for which of them the state was not to be
/// had (R101). Reused: filling and emptying it allocates nothing after warm-up. Not safe for use by several threads.
/// </summary>
public sealed class WindowValues
{
    private bool[] _isStateMissing = new bool[16];

    /// <summary>Makes an empty one for the values of a plan.</summary>
    public WindowValues(WindowPlan plan) => Rows = new RowBatch(plan.Values);

    /// <summary>The values [rows, readings], row-major, each at its <see cref="WindowReading.Slot"/>.</summary>
    public RowBatch Rows { get; }

    /// <summary>Forgets all rows.</summary>
    public void Clear() => Rows.Clear();

    /// <summary>Appends a row whose state is there and whose values are all missing; returns its place.</summary>
    public int AddRow()
    {
        int row = Rows.AddRow();
        if (row == _isStateMissing.Length)
        {
            Array.Resize(ref _isStateMissing, row * 2);
        }

        _isStateMissing[row] = false;
        return row;
    }

    /// <summary>Makes this a copy of the rows of another of the same plan.</summary>
    public void CopyFrom(WindowValues other)
    {
        Rows.CopyFrom(other.Rows);
        if (_isStateMissing.Length < Rows.RowCount)
        {
            _isStateMissing = new bool[other._isStateMissing.Length];
        }

        other._isStateMissing.AsSpan(0, Rows.RowCount).CopyTo(_isStateMissing);
    }

    /// <summary>
    /// Says that a row's state was not to be had: every feature that reads a window is missing there, whatever its type
    /// (R101). Its values are not read.
    /// </summary>
    public void MarkStateMissing(int row) => _isStateMissing[row] = true;

    /// <summary>Whether a row's state was not to be had.</summary>
    public bool IsStateMissing(int row) => _isStateMissing[row];
}
