using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Ingest;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// A log of another version that a bundle's recorded requests entered. Not safe for use by several threads.
/// </summary>
internal sealed class FedLog
{
    private readonly IngestLogs _map;
    private readonly RowBatch _read;

    /// <summary>Makes it of the log and of the fields of the request that was answered.</summary>
    public FedLog(ReplayLog log, RowSchema answered)
    {
        Log = log;

        // What the answering version knows under another type was given as that type, which the log does not take.
        ImmutableArray<Field> fields =
        [
            .. log.Event.Schema.Fields.Select(field =>
                answered.IndexOf(field.Name) is >= 0 and int place ? answered.Fields[place] : field),
        ];
        _read = new RowBatch(new RowSchema(log.Event.Schema.Name, fields));
        _map = new IngestLogs(log.Event, [], []).For(_read.Schema);
        Rows = new RowBatch(log.Event.Schema);
    }

    /// <summary>The log.</summary>
    public ReplayLog Log { get; }

    /// <summary>The request as the log's script declares it: one row.</summary>
    public RowBatch Rows { get; }

    /// <summary>Reads the request of a line. Returns what is wrong with it, or null.</summary>
    public string? Read(RecordLine line)
    {
        _read.Clear();
        Rows.Clear();
        string? wrong = RecordJson.ReadRow(line.Fields, _read);
        _map.Map(_read, 0, Rows);
        return wrong;
    }
}
