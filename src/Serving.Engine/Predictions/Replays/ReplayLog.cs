using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Predictions.Replays;

/// <summary>Turns rows of one log's event into its keys and records. Not safe for use by several threads.</summary>
internal sealed class ReplayLog
{
    private readonly WindowLog _log;
    private readonly RowBatch _one;
    private readonly RowBatch _columns;
    private readonly FeatureFrame _frame;
    private readonly RecordBuffer _record = new();

    /// <summary>Makes it of a script's log.</summary>
    public ReplayLog(WindowLog log)
    {
        _log = log;
        _one = new RowBatch(log.Log.Event.Schema);
        _columns = new RowBatch(log.Program.Columns);
        _frame = log.Program.CreateFrame();
        Compactor = new LogCompactor(log.Codec);
    }

    /// <summary>The event.</summary>
    public EventDeclaration Event => _log.Log.Event;

    /// <summary>Name of the feature set.</summary>
    public string Set => _log.Log.Set;

    /// <summary>Its bytes.</summary>
    public LogCodec Codec => _log.Codec;

    /// <summary>Folds its blobs.</summary>
    public IBlobCompactor Compactor { get; }

    /// <summary>Names of the event's fields that are its key.</summary>
    public IEnumerable<string> EventKeyNames => _log.Log.EventKey.Select(place => Event.Schema.Fields[place].Name);

    /// <summary>
    /// The record of an event's row, and its key; null where the row has no key, or may not enter the windows.
    /// </summary>
    public KeyAppend? RecordOf(RowBatch rows, int row, RecordLine? line, out StateKey key) =>
        Codec.TryKeyOfEvent(rows, row, out key) ? RecordOf(rows, row, line) : null;

    /// <summary>The record of an event's row whose key is known otherwise; null where it may not enter.</summary>
    public KeyAppend? RecordOf(RowBatch rows, int row, RecordLine? line)
    {
        if (EventAdmission.Check(Event, rows, row) != EventVerdict.Accepted)
        {
            return null;
        }

        RowCopy.CopyRow(rows, row, _one);
        _log.Program.Evaluate(_one, _columns, _frame);
        _record.Clear();
        Codec.WriteRecord(_one, 0, _columns, 0, _record);
        return new KeyAppend(_record.Written.ToArray(), Event.KnownOf(rows, row), line);
    }
}
