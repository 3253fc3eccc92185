using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Engine.Predictions.Log;
using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Recomputes recorded answers (<c>serve --records</c>): from the state that each of them read, rebuilt from all
/// records together, and from history alone. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// Use: make it of the files and bundles, add the history that lies before the records, <see cref="Run"/>. The whole
/// records are held in memory.
/// </remarks>
public sealed class RecordReplay
{
    private readonly ImmutableArray<RecordLine> _lines;
    private readonly Dictionary<(string Model, long Version), BundleReplay> _bundles;
    private readonly SortedDictionary<(string Set, ulong Schema), ReplayLog> _logs = [];
    private readonly Dictionary<BundleReplay, ImmutableArray<FedLog>> _fed = [];
    private readonly Dictionary<string, ReplayKey> _keys = new(StringComparer.Ordinal);
    private readonly List<InputProblem> _problems = [];
    private readonly bool _hasKeys;

    /// <summary>Reads the files, and the folders of prediction logs, of all servers on one store.</summary>
    /// <param name="files">Files of <c>serve --records</c>, folders of <c>serve --log</c>.</param>
    /// <param name="bundles">The bundles that gave the answers.</param>
    /// <param name="keys">Opens what logs hold encrypted; null leaves it closed.</param>
    /// <exception cref="InputException">
    /// A line is no record, or its bundle is not there; holds all problems.
    /// </exception>
    public RecordReplay(IReadOnlyList<string> files, IReadOnlyList<Bundle> bundles, LogKeys? keys = null)
    {
        _hasKeys = keys is not null;
        _lines = RecordParser.Read(files, keys);
        _bundles = bundles.Select(bundle => new BundleReplay(bundle))
            .ToDictionary(bundle => (bundle.Name, bundle.Version));
        foreach (ReplayLog log in _bundles.Values.SelectMany(bundle => bundle.Writers))
        {
            _logs.TryAdd((log.Set, log.Codec.Schema), log);
        }

        foreach (BundleReplay bundle in _bundles.Values)
        {
            _fed.Add(bundle, FedBy(bundle));
        }

        foreach (RecordLine line in _lines)
        {
            Take(line);
        }

        foreach (RecordLine line in _lines.Where(line => line.Kind == RecordKind.Compacted))
        {
            if (_keys.TryGetValue(line.Key, out ReplayKey? key))
            {
                key.Add(line);
            }
        }

        if (_problems.Count > 0)
        {
            throw new InputException([.. _problems.Take(InputException.ProblemsShownMax)], _problems.Count);
        }
    }

    /// <summary>Events whose history may be added, each declaration once.</summary>
    public IEnumerable<EventDeclaration> Events =>
        _logs.Values.Select(log => log.Event).Distinct(ReferenceEqualityComparer.Instance).Cast<EventDeclaration>();

    /// <summary>
    /// Adds rows that the store had before the records begin (what backfill wrote), in the order of their file.
    /// </summary>
    /// <param name="declaration">One of <see cref="Events"/>.</param>
    /// <param name="rows">Rows of its schema.</param>
    public void AddHistory(EventDeclaration declaration, RowBatch rows)
    {
        foreach (ReplayLog log in _logs.Values.Where(log => ReferenceEquals(log.Event, declaration)))
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                if (log.RecordOf(rows, row, null, out StateKey key) is { } append
                    && _keys.TryGetValue(key.ToString(), out ReplayKey? known))
                {
                    known.AddBefore(append);
                }
            }
        }
    }

    /// <summary>Recomputes all answers.</summary>
    /// <param name="progress">Receives the number of answers done; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    public ReplayReport Run(IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (ReplayKey key in _keys.Values)
        {
            cancellation.ThrowIfCancellationRequested();
            key.Resolve();
        }

        var tally = new ReplayTally();
        var answers = new AnswerReplay(_keys, tally, _hasKeys);
        long done = 0;
        foreach (RecordLine line in _lines.Where(line => line is { Kind: RecordKind.Answer, IsRefused: false }))
        {
            cancellation.ThrowIfCancellationRequested();
            answers.Run(line, _bundles[(line.Model, line.Version)]);
            progress?.Report(++done);
        }

        return tally.ToReport();
    }

    private void Take(RecordLine line)
    {
        if (line.Kind == RecordKind.Answer)
        {
            TakeAnswer(line);
        }
        else if (line.Kind == RecordKind.Ingest)
        {
            TakeIngest(line);
        }
    }

    private void TakeAnswer(RecordLine line)
    {
        if (!_bundles.TryGetValue((line.Model, line.Version), out BundleReplay? bundle))
        {
            _problems.Add(new InputProblem(
                line.Place, $"an answer of model '{line.Model}' version {line.Version}", "a bundle under --bundles"));
            return;
        }

        if (bundle.Read(line) is { } wrong)
        {
            _problems.Add(
                new InputProblem(line.Place, $"a request whose {wrong}", "the fields of the bundle's request"));
            return;
        }

        if (!line.Masked.IsEmpty && !(_hasKeys && bundle.CanDoWithout(line.Masked)))
        {
            // What it appended is not known: prefixes that hold it are lost.
            return;
        }

        for (int place = 0; place < bundle.Writers.Length; place++)
        {
            ReplayLog log = bundle.Writers[place];
            if (bundle.TryKey(place, out StateKey key) && EntryOf(line, key) is { } entry)
            {
                bool learns = log.Event.IsRequest && !line.IsScoreOnly;
                AddAccess(log, key, line, entry, learns ? bundle.Rows : null);
            }
        }

        foreach (FedLog fed in _fed[bundle])
        {
            if (fed.Read(line) is { } unfit)
            {
                _problems.Add(new InputProblem(line.Place, $"a request whose {unfit}", "the fields of the request"));
            }
            else if (fed.Log.Codec.TryKeyOfEvent(fed.Rows, 0, out StateKey key) && EntryOf(line, key) is { } entry)
            {
                AddAccess(fed.Log, key, line, entry, fed.Rows);
            }
        }
    }

    // Logs of other versions that a request of a bundle may have entered; the line's state says which it did.
    private ImmutableArray<FedLog> FedBy(BundleReplay bundle)
    {
        var own = bundle.Logs.Select(log => log.Codec.Schema).ToHashSet();
        string? request = bundle.Events.FirstOrDefault(declaration => declaration.IsRequest)?.Schema.Name;
        return
        [
            .. _logs.Values.Where(log => log.Set == bundle.Set && log.Event.Schema.Name == request
                    && !own.Contains(log.Codec.Schema))
                .Select(log => new FedLog(log, bundle.Rows.Schema)),
        ];
    }

    private void TakeIngest(RecordLine line)
    {
        foreach (ReplayLog log in _logs.Values)
        {
            if (log.Set != line.Set || log.Event.Schema.Name != line.Event)
            {
                continue;
            }

            var rows = new RowBatch(log.Event.Schema);
            if (RecordJson.ReadRow(line.Fields, rows, line.Masked) is { } wrong)
            {
                _problems.Add(new InputProblem(line.Place, $"a row whose {wrong}", "the fields of the event"));
            }
            else if (KeyOfIngest(line, log, rows) is { } key && EntryOf(line, key) is { } entry)
            {
                AddAccess(log, key, line, entry, rows);
            }
        }
    }

    // Where a part of the key is masked, the one access that no other log of the event has is this log's.
    private StateKey? KeyOfIngest(RecordLine line, ReplayLog log, RowBatch rows)
    {
        if (log.Codec.TryKeyOfEvent(rows, 0, out StateKey key))
        {
            return key;
        }

        if (!_hasKeys || line.Masked.IsEmpty || !log.EventKeyNames.Any(line.Masked.Contains))
        {
            return null;
        }

        ReplayLog[] all = [.. _logs.Values.Where(
            known => known.Set == line.Set && known.Event.Schema.Name == line.Event)];
        string[] told = [.. all.Select(
            known => known.Codec.TryKeyOfEvent(rows, 0, out StateKey other) ? other.ToString() : "")];
        StateEntry[] left = [.. line.State.Where(entry => !told.Contains(entry.Key))];
        return left.Length == 1 && told.Count(text => text.Length == 0) == 1 ? left[0].ToKey() : null;
    }

    private void AddAccess(ReplayLog log, StateKey key, RecordLine line, StateEntry entry, RowBatch? learned)
    {
        // The store appended nothing where the event came too late, or its entity had too many.
        bool appends = learned is not null && entry.Outcome != StateOutcome.TooMany
            && (entry.Outcome != StateOutcome.Read || entry.After > entry.Read);
        KeyAppend? append = appends ? log.RecordOf(learned!, 0, line) : null;
        if (!_keys.TryGetValue(entry.Key, out ReplayKey? known))
        {
            known = new ReplayKey(key, log);
            _keys.Add(entry.Key, known);
        }

        known.Add(new KeyAccess(line, entry, append));
    }

    private static StateEntry? EntryOf(RecordLine line, in StateKey key)
    {
        string text = key.ToString();
        foreach (StateEntry entry in line.State)
        {
            if (entry.Key == text)
            {
                return entry;
            }
        }

        return null;
    }
}
