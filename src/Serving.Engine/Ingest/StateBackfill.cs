using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Replays;
using Serving.Features;
using Serving.State;

namespace Serving.Engine.Ingest;

/// <summary>
/// Writes the events of history files into a store: those known before a moment, sorted by when they became known, one
/// blob for each key. Not safe for use by several threads; holds all records in memory.
/// </summary>
public sealed class StateBackfill
{
    private readonly Dictionary<StateKey, (ReplayLog Log, List<KeyAppend> Appends)> _keys = [];
    private readonly List<ReplayLog> _logs;
    private readonly long _untilMs;

    // Earliest known time of each log whose event has a file; the end of the history where no row entered it.
    private readonly SortedList<ulong, long> _begins = [];

    /// <summary>Makes the backfill of a script.</summary>
    /// <param name="script">Says which logs there are.</param>
    /// <param name="untilMs">Events known from here on are live and left out.</param>
    public StateBackfill(FeatureScript script, long untilMs)
    {
        _logs = [.. script.Windows.Logs.Select(log => new ReplayLog(new WindowLog(script, log)))];
        _untilMs = untilMs;
    }

    /// <summary>Keys that have events.</summary>
    public long KeyCount => _keys.Count;

    /// <summary>Records, each key's counted.</summary>
    public long RecordCount { get; private set; }

    /// <summary>Rows that came too late, lay ahead of their known time, or have no key under any log.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>Rows that became known too late for this history.</summary>
    public long LiveCount { get; private set; }

    /// <summary>
    /// When a store that keeps a log already began to, where that is behind the end of this history: what became known
    /// between the two is in neither. 0 where there is no such gap. Known behind <see cref="WriteAsync"/>.
    /// </summary>
    public long GapUntilMs { get; private set; }

    /// <summary>Takes rows of an event, in the order of their file.</summary>
    public void Add(EventDeclaration declaration, RowBatch rows)
    {
        foreach (ReplayLog log in _logs.Where(log => log.Event.Schema.Name == declaration.Schema.Name))
        {
            _begins.TryAdd(log.Codec.History, _untilMs);
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            if (declaration.KnownOf(rows, row) >= _untilMs)
            {
                LiveCount++;
                continue;
            }

            bool isTaken = false;
            foreach (ReplayLog log in _logs)
            {
                isTaken |= log.Event.Schema.Name == declaration.Schema.Name && TryAdd(log, rows, row);
            }

            RefusedCount += isTaken ? 0 : 1;
        }
    }

    /// <summary>Writes all keys and makes them durable.</summary>
    /// <param name="store">The store; nobody appends to an embedded one meanwhile.</param>
    /// <param name="progress">Receives the number of keys written.</param>
    /// <param name="cancellation">Gives up; starting again is harmless.</param>
    public async Task WriteAsync(IStateMaintenance store, IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (ReplayLog log in _logs)
        {
            store.Use(log.Compactor);
        }

        long done = 0;
        foreach ((StateKey key, (ReplayLog log, List<KeyAppend> appends)) in _keys)
        {
            cancellation.ThrowIfCancellationRequested();
            var blob = new BackfillBlob(key, log.Compactor);
            foreach (KeyAppend append in appends.OrderBy(append => append.Known))
            {
                blob.Add(append.Record);
            }

            await store.PrependAsync(key, blob.Finish(), log.Codec.LifetimeMs, cancellation);
            progress?.Report(++done);
        }

        await store.FlushAsync(cancellation);

        // Last: a version whose history is whole serves.
        foreach ((ulong log, long begin) in _begins)
        {
            LogHistory? live = await store.HistoryOfAsync(log, cancellation);
            if (live is { IsFilled: false } known && known.SinceMs > _untilMs)
            {
                GapUntilMs = Math.Max(GapUntilMs, known.SinceMs);
            }

            await store.NoteHistoryAsync(log, new LogHistory(begin, IsFilled: true), cancellation);
        }
    }

    private bool TryAdd(ReplayLog log, RowBatch rows, int row)
    {
        if (log.RecordOf(rows, row, null, out StateKey key) is not { } append)
        {
            return false;
        }

        if (!_keys.TryGetValue(key, out (ReplayLog, List<KeyAppend> Appends) known))
        {
            known = (log, []);
            _keys.Add(key, known);
        }

        known.Appends.Add(append);
        _begins[log.Codec.History] = Math.Min(append.Known, _begins[log.Codec.History]);
        RecordCount++;
        return true;
    }
}
