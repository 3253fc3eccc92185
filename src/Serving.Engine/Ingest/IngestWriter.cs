using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Ingest;

/// <summary>
/// Turns ingested rows into records of the logs of one declaration. Not safe for use by several threads; reused.
/// </summary>
internal sealed class IngestWriter
{
    private readonly IngestLogs _part;
    private readonly RowBatch _mapped;
    private readonly RowBatch[] _columns;
    private readonly FeatureFrame[] _frames;
    private readonly WindowReader[] _readers;
    private readonly RecordBuffer _record = new();

    // For each access that this writer added: its place in the batch, its row in the mapped rows, its log.
    private readonly List<(int Access, int Row, int Log)> _added = [];

    // For each row of the call its row in the mapped rows; -1 where these logs cannot take it.
    private int[] _mappedRow = [];

    /// <summary>Makes the writer of some logs.</summary>
    public IngestWriter(IngestLogs part)
    {
        _part = part;
        _mapped = new RowBatch(part.Declaration.Schema);
        _columns = [.. part.Logs.Select(log => new RowBatch(log.Program.Columns))];
        _frames = [.. part.Logs.Select(log => log.Program.CreateFrame())];
        _readers = [.. part.Logs.Select(log => new WindowReader(log.Codec, []))];
    }

    /// <summary>The accesses that were added: place in the batch, row of the call, log.</summary>
    public IReadOnlyList<(int Access, int Row, int Log)> Added => _added;

    /// <summary>The log at a place.</summary>
    public WindowLog LogAt(int log) => _part.Logs[log];

    /// <summary>Forgets the rows of the call before.</summary>
    public void Clear()
    {
        _added.Clear();
        _mapped.Clear();
    }

    /// <summary>Prepares the records of all rows.</summary>
    [HotPath]
    public void Begin(RowBatch rows)
    {
        Clear();
        if (_mappedRow.Length < rows.RowCount)
        {
            Array.Resize(ref _mappedRow, Math.Max(rows.RowCount, _mappedRow.Length * 2));
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            _mappedRow[row] = _part.Takes(rows, row) ? _part.Map(rows, row, _mapped) : -1;
        }

        for (int log = 0; log < _columns.Length; log++)
        {
            _part.Logs[log].Program.Evaluate(_mapped, _columns[log], _frames[log]);
        }
    }

    /// <summary>
    /// Whether these logs learn a live request's row: they can take it, and by their declaration its times are good.
    /// </summary>
    /// <param name="row">Row of the call.</param>
    /// <param name="clock">When it arrived, ms since 1970; 0 checks no clock.</param>
    [HotPath]
    public bool Admits(int row, long clock)
    {
        int mapped = _mappedRow[row];
        return mapped >= 0
            && EventAdmission.Check(_part.Declaration, _mapped, mapped) == EventVerdict.Accepted
            && (clock == 0 || !RequestTimes.IsRefused(_mapped, mapped, _part.Declaration, clock));
    }

    /// <summary>Adds the accesses of one row; returns how many keys it has.</summary>
    [HotPath]
    public int Add(int row, StateBatch batch)
    {
        int mapped = _mappedRow[row];
        int keys = 0;
        for (int log = 0; mapped >= 0 && log < _columns.Length; log++)
        {
            LogCodec codec = _part.Logs[log].Codec;
            if (!codec.TryKeyOfEvent(_mapped, mapped, out StateKey key))
            {
                continue;
            }

            _record.Clear();
            codec.WriteRecord(_mapped, mapped, _columns[log], mapped, _record);
            _added.Add((batch.Add(key, codec.Schema, codec.LifetimeMs, _record.Written), row, log));
            keys++;
        }

        return keys;
    }

    /// <summary>Whether the row of an access was there before, judged by the state before its append.</summary>
    /// <param name="added">The access.</param>
    /// <param name="batch">The batch that was carried out.</param>
    /// <param name="isCompactionDue">Whether the state is worth a compaction.</param>
    public Repetition Judge((int Access, int Row, int Log) added, StateBatch batch, out bool isCompactionDue)
    {
        WindowReader reader = _readers[added.Log];
        int row = _mappedRow[added.Row];
        Repetition found = reader.Judge(
            batch.StateOf(added.Access),
            _part.Logs[added.Log].Codec.IdOf(_mapped, row),
            _part.Declaration.KnownOf(_mapped, row),
            batch.RecordOf(added.Access));
        isCompactionDue = reader.IsCompactionDue;
        return found;
    }

    /// <summary>Whether the state that an access read is worth a compaction.</summary>
    [HotPath]
    public bool IsCompactionDue(in (int Access, int Row, int Log) added, StateBatch batch) =>
        batch.Accesses[added.Access].Outcome == StateOutcome.Read
        && _readers[added.Log].IsWorthCompacting(batch.StateOf(added.Access));
}
