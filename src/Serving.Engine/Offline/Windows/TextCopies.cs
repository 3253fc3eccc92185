using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// Window values of one log that are strings or lists: read into a batch of this log's own, since several threads fill
/// the values of a piece and its arenas are not theirs, and copied over when all are done.
/// </summary>
internal sealed class TextCopies
{
    private readonly ImmutableArray<WindowReading> _readings;
    private readonly RowBatch _read;
    private readonly List<int> _rows = [];

    private TextCopies(ImmutableArray<WindowReading> readings, RowSchema values)
    {
        _readings = readings;
        _read = new RowBatch(values);
    }

    /// <summary>The copies of a log; null where none of its values is a string or a list.</summary>
    public static TextCopies? Of(KeyedLog log, WindowPlan plan) =>
        log.Readings.Any(reading => HasText(reading.Type)) ? new TextCopies(log.Readings, plan.Values) : null;

    /// <summary>The batch to read a row into.</summary>
    public RowBatch Begin(int row)
    {
        _rows.Add(row);
        _read.AddRow();
        return _read;
    }

    /// <summary>Place in that batch of the row begun last.</summary>
    public int Last => _rows.Count - 1;

    /// <summary>Puts what was read where it belongs, and forgets it. One thread for all logs.</summary>
    public void CopyTo(RowBatch values)
    {
        for (int index = 0; index < _rows.Count; index++)
        {
            foreach (WindowReading reading in _readings)
            {
                if (_read.IsPresent(index, reading.Slot))
                {
                    long slot = _read.Get(index, reading.Slot);
                    values.Set(
                        _rows[index], reading.Slot, OfflineRows.Copy(values, _read, reading.Type, slot));
                }
            }
        }

        _rows.Clear();
        _read.Clear();
    }

    private static bool HasText(in FieldType type) => type.Kind is ValueKind.String or ValueKind.List;
}
