using Serving.Data;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>Of the rows of a piece their keys in one log, and the records that they append to it. Reused.</summary>
internal sealed class LogRows
{
    private readonly LogPlan _log;
    private readonly bool _isOfRequests;
    private readonly LogProgram? _program;
    private readonly FeatureFrame? _frame;
    private readonly RowBatch? _columns;
    private readonly RecordBuffer _records = new();
    private StateKey[] _keys = [];
    private bool[] _hasKey = [];

    // Record of row r: bytes _starts[r] .. _starts[r + 1]; none where they are equal.
    private int[] _starts = [0];

    public LogRows(LogPlan log, LogProgram? program, bool isOfRequests)
    {
        _log = log;
        _isOfRequests = isOfRequests;
        _program = program;
        _frame = program?.CreateFrame();
        _columns = program is null ? null : new RowBatch(program.Columns);
    }

    /// <summary>Place of the log.</summary>
    public int Log => _log.Number;

    public bool HasKey(int row) => _hasKey[row];

    public ref readonly StateKey KeyOf(int row) => ref _keys[row];

    public ReadOnlySpan<byte> RecordOf(int row) => _records.Written[_starts[row].._starts[row + 1]];

    /// <summary>Makes keys, and records where they are wanted, of the admitted rows.</summary>
    public void Fill(RowBatch rows, ReadOnlySpan<bool> isAdmitted)
    {
        int count = rows.RowCount;
        if (_keys.Length < count)
        {
            _keys = new StateKey[count];
            _hasKey = new bool[count];
            _starts = new int[count + 1];
        }

        LogCodec codec = _log.Codec;
        for (int row = 0; row < count; row++)
        {
            _hasKey[row] = isAdmitted[row] && (_isOfRequests
                ? codec.TryKeyOfRequest(rows, row, out _keys[row])
                : codec.TryKeyOfEvent(rows, row, out _keys[row]));
        }

        if (_program is not null)
        {
            WriteRecords(rows);
        }
    }

    private void WriteRecords(RowBatch rows)
    {
        _program!.Evaluate(rows, _columns!, _frame!);
        _records.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (_hasKey[row])
            {
                _log.Codec.WriteRecord(rows, row, _columns!, row, _records);
            }

            _starts[row + 1] = _records.Length;
        }
    }
}
