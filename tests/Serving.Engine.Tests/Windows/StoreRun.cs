using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Features.Tests.Properties;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Tests.Windows;

/// <summary>Plays a case against a store, as the server does: ingest, exchange, read, evaluate.</summary>
internal sealed class StoreRun : IDisposable
{
    // A call comes within the hour for which blobs outlive what they can be read for.
    private const long CallMsMost = 3_000_000;

    private readonly CompiledCase _case;
    private readonly StoreSubject _subject;
    private readonly Mistake _mistake;
    private readonly WindowStage _stage;
    private readonly WindowScratch _scratch;
    private readonly EventDeclaration _request;
    private readonly Dictionary<string, IngestWriter> _writers = [];
    private readonly EvaluationMemory _memory;
    private readonly FoldGate _gate = new();

    // The one that was used last comes first: what arrives next most likely goes to it.
    private readonly List<(StateKey Key, ulong Schema)> _keys = [];
    private readonly StateBatch _batch = new();
    private readonly Func<Arrival, bool> _admits;
    private readonly RequestAnswer?[] _answers;
    private IWindowStore? _wrapped;
    private IWindowStore? _wrappedOf;

    private StoreRun(CompiledCase compiled, StoreSubject subject, Mistake mistake)
    {
        _case = compiled;
        _subject = subject;
        _mistake = mistake;
        _stage = new WindowStage(compiled.Script, log => new LogCodec(mistake.Log is null ? log : mistake.Log(log)));
        _scratch = _stage.CreateScratch();
        _request = _stage.Request;
        _memory = EvaluationMemory.Of(compiled.Program);
        _admits = mistake.Admission is null ? _ => true : mistake.Admission();
        _answers = new RequestAnswer?[compiled.Drawn.Arrivals.Count];
        foreach (EventDeclaration declaration in compiled.Script.Events.Where(item => !item.IsRequest))
        {
            WindowLog[] logs = [.. _stage.Logs.Where(log => log.Log.Event.Schema.Name == declaration.Schema.Name)];
            _writers.Add(declaration.Schema.Name, new IngestWriter(new IngestLogs(
                declaration, [.. Enumerable.Range(0, declaration.Schema.Fields.Length)], [.. logs])));
        }
    }

    private IWindowStore Store
    {
        get
        {
            if (_mistake.Store is null)
            {
                return _subject.Store;
            }

            if (_wrappedOf != _subject.Store)
            {
                _wrappedOf = _subject.Store;
                _wrapped = _mistake.Store(_subject.Store, _subject.Maintenance);
            }

            return _wrapped!;
        }
    }

    /// <summary>
    /// Plays the case; gives for each arrival the answer, null where it is no request or one of the history that was
    /// written as blobs.
    /// </summary>
    public static async Task<RequestAnswer?[]> PlayAsync(CompiledCase compiled, StoreSubject subject, Mistake mistake)
    {
        using var run = new StoreRun(compiled, subject, mistake);
        run.UseCompactors();
        if (compiled.Drawn.CutMs is { } cut)
        {
            await run.BackfillAsync(cut);
        }

        IReadOnlyList<Arrival> arrivals = compiled.Drawn.Arrivals;
        for (int start = 0; start < arrivals.Count;)
        {
            int end = run.EndOfCall(start);
            await run.StepAsync(start, end);
            start = end;
        }

        // A fold that is under way uses the gate.
        await subject.DisposeAsync();
        return run._answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    // A fold that was asked for reads its blob before the call and puts the replacement in place behind it.
    private async Task StepAsync(int start, int end)
    {
        Disturbance before = _case.Drawn.Arrivals[start].Before;
        bool isHeld = before.HasFlag(Disturbance.RequestCompaction) && _mistake.Store is null && _keys.Count > 0;
        if (isHeld)
        {
            _gate.Close();
        }

        await _subject.DisturbAsync(before, Store, _keys);
        if (isHeld)
        {
            _gate.WaitForFold();
        }

        try
        {
            await CallAsync(start, end);
        }
        finally
        {
            _gate.Open();
        }
    }

    private void UseCompactors()
    {
        foreach (WindowLog log in _stage.Logs)
        {
            LogCodec codec = _mistake.Folded is null ? log.Codec : _mistake.Folded(log.Log);
            var compactor = new EagerCompactor(new LogCompactor(codec, _case.Drawn.MarginMs), _gate);
            _subject.Use(compactor);
            if (_mistake.Store is not null)
            {
                Store.Use(compactor);
            }
        }
    }

    private async Task BackfillAsync(long cut)
    {
        var backfill = new StateBackfill(_case.Script, cut);
        foreach (EventDeclaration declaration in _case.Script.Events)
        {
            backfill.Add(
                declaration,
                _case.Rows(_case.Learned().Where(item => item.Event == declaration.Schema.Name), declaration));
        }

        _subject.Clock.MoveTo(_case.Drawn.Arrivals.Min(item => item.Moment));
        _subject.Clock.MoveTo(cut);
        await backfill.WriteAsync(_subject.Maintenance, null, CancellationToken.None);
    }

    // Neighbours of one event go in one call, as far as nothing happens to the store between them.
    private int EndOfCall(int start)
    {
        IReadOnlyList<Arrival> arrivals = _case.Drawn.Arrivals;
        int end = start + 1;
        while (end < arrivals.Count
            && end - start < _case.Drawn.BatchMost
            && arrivals[end].Event == arrivals[start].Event
            && arrivals[end].ScoresOnly == arrivals[start].ScoresOnly
            && arrivals[end].Moment - arrivals[start].Moment < CallMsMost
            && arrivals[end].Before == Disturbance.None)
        {
            end++;
        }

        return end;
    }

    private async Task CallAsync(int start, int end)
    {
        int[] places = [.. Enumerable.Range(start, end - start)];
        EventDeclaration declaration = _case.Script.EventNamed(_case.Drawn.Arrivals[start].Event)!;
        if (!declaration.IsRequest)
        {
            await IngestAsync(declaration, places);
            return;
        }

        if (_case.Drawn.IsShuffled)
        {
            // Rows of one time keep their order, which decides between repetitions.
            places = [.. places.OrderByDescending(place => _case.Drawn.Arrivals[place].Moment)];
        }

        places = [.. places.Where(place => !IsHistory(_request, place))];
        if (places.Length > 0)
        {
            await ScoreAsync(places);
        }
    }

    private bool IsHistory(EventDeclaration declaration, int place)
    {
        Arrival arrival = _case.Drawn.Arrivals[place];
        RowBatch row = _case.Rows([arrival], declaration);
        long known = arrival.ScoresOnly ? arrival.Moment : declaration.KnownOf(row, 0);
        return known < _case.Drawn.CutMs;
    }

    private async Task IngestAsync(EventDeclaration declaration, int[] places)
    {
        int[] live = [.. places.Where(place =>
            !IsHistory(declaration, place) && _admits(_case.Drawn.Arrivals[place]))];
        RowBatch rows = _case.Rows(live.Select(place => _case.Drawn.Arrivals[place]), declaration);
        IngestWriter writer = _writers[declaration.Schema.Name];
        _batch.Clear();
        writer.Begin(rows);
        for (int row = 0; row < rows.RowCount; row++)
        {
            _subject.Clock.MoveTo(_case.Drawn.Arrivals[live[row]].Moment);
            if (EventAdmission.Check(declaration, rows, row) == EventVerdict.Accepted)
            {
                writer.Add(row, _batch);
            }
        }

        await ExchangeAsync(_batch);
    }

    private async Task ScoreAsync(int[] places)
    {
        Arrival[] arrivals = [.. places.Select(place => _case.Drawn.Arrivals[place])];
        _subject.Clock.MoveTo(arrivals.Max(item => item.Moment));
        RowBatch rows = _case.Rows(arrivals, _request);
        RowBatch asked = _case.Rows(arrivals, _request);
        _mistake.Asked?.Invoke(asked, _request);
        _scratch.Ask(asked, appends: !arrivals[0].ScoresOnly);
        await ExchangeAsync(_scratch.Batch);
        _mistake.Read?.Invoke(asked, _request);
        _scratch.Read(asked);
        _mistake.Values?.Invoke(_scratch.Values);
        _memory.Raw.Clear();
        _memory.Evaluate(_case.Program, rows, _scratch.Values, _case.Answers.Layout);
        for (int row = 0; row < places.Length; row++)
        {
            // What became known behind the cut, but was asked before it, reads a state that is ahead of it.
            bool isBeforeCut = arrivals[row].Moment < _case.Drawn.CutMs;
            _answers[places[row]] = isBeforeCut
                ? null
                : new RequestAnswer(_case.Answers.Of(_memory, row), _scratch.Values.IsStateMissing(row));
        }
    }

    private async Task ExchangeAsync(StateBatch batch)
    {
        await Store.ExchangeAsync(batch, CancellationToken.None);
        for (int access = 0; access < batch.Count; access++)
        {
            StateAccess done = batch.Accesses[access];
            _keys.Remove((done.Key, done.Schema));
            _keys.Insert(0, (done.Key, done.Schema));
            if (done.Outcome == StateOutcome.Unavailable)
            {
                throw new TimeoutException("the store does not answer in time");
            }

            if (done.Outcome != StateOutcome.Read)
            {
                throw new InvalidOperationException($"the store answers {done.Outcome}");
            }
        }
    }
}
