using System.Collections.Concurrent;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Acts;
using Serving.Engine.Tensors;

namespace Serving.Engine.Versions;

/// <summary>
/// The one writer of the published table: looks at the models folder, asks the policy, moves harnesses, publishes. One
/// control thread (or a test's call of <see cref="Poll"/>) does all of it; a loading thread only reports.
/// </summary>
internal sealed class VersionControl : IDisposable
{
    // Retired versions that are still listed, for each model.
    private const int RetiredShownMax = 4;

    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly FolderLook _folder;
    private readonly LoadThreads _loads;
    private readonly TrafficDesk _desk;
    private readonly PlanRunner _plans;
    private readonly SortedDictionary<string, List<VersionHarness>> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<LoadReport> _reports = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Poll runs on the control thread and in tests; they never meet in a server, but a lock costs nothing here.
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, ActOrigin> _acting = new(StringComparer.Ordinal);
    private readonly VersionRates _rates;
    private readonly HistoryWatch _history;
    private bool _isLoading;
    private readonly ControlThread _thread;
    private ModelTable _table = ModelTable.Empty;
    private volatile Action? _changed;

    /// <summary>Makes the control of a models folder; nothing is read yet.</summary>
    public VersionControl(EngineOptions options, TimeProvider time, IBundleModelReader models)
    {
        _options = options;
        _time = time;
        _folder = new FolderLook(new BundleSource(options.ModelsFolder));
        _loads = new LoadThreads(options, time, models, Report);
        _desk = new TrafficDesk(options, time);
        _plans = new PlanRunner(_desk, time);
        _rates = new VersionRates(time);
        _history = new HistoryWatch(options.Store, time, () => _thread!.Wake());
        _thread = new ControlThread(Poll, time, options.PollInterval);
    }

    /// <summary>What is served now. Requests read it, the control thread writes it.</summary>
    public ModelTable Table => Volatile.Read(ref _table);

    /// <summary>Completes once every version found at the first look is Ready, Failed or waits for history.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Why the folder was not read at the last look, or empty.</summary>
    public string FolderProblem => _folder.Problem;

    /// <summary>Begins to watch on a thread of its own.</summary>
    public void Start() => _thread.Start();

    /// <summary>Has a handler called after another table was published, on the control thread.</summary>
    public void Subscribe(Action changed)
    {
        lock (_gate)
        {
            _changed += changed;
        }
    }

    /// <summary>Looks once and moves every version as far as it goes.</summary>
    public void Poll()
    {
        lock (_gate)
        {
            Look();
            bool isDecided = _desk.Follow();
            Advance();
            foreach ((string model, List<VersionHarness> versions) in _models)
            {
                isDecided |= _plans.Look(model, [.. versions]);
            }

            if (isDecided)
            {
                Publish(isDecided: true);
                Advance();
            }
        }
    }

    /// <summary>
    /// Does what a person asks for: against the state that the caller saw, durably, then in the published table.
    /// </summary>
    public ActResult Act(
        string model, string name, ActOrigin origin, Func<TrafficState, ModelFacts, ActOutcome> act,
        bool mayBeNew = false)
    {
        if (!_acting.TryAdd(model, origin))
        {
            return new ActResult(ErrorCode.Aborted, "another act on this model is being applied", TrafficOf(model));
        }

        try
        {
            lock (_gate)
            {
                Look();
                _ = _desk.Follow();
                if (mayBeNew)
                {
                    VersionsOf(model);
                }

                return DoAct(model, name, origin, act);
            }
        }
        finally
        {
            _acting.TryRemove(model, out _);
        }
    }

    /// <summary>A publication with all that the request leaves open.</summary>
    public Publication Complete(string model, PublishRequest request) => _desk.Complete(model, request);

    /// <summary>A model's traffic, or null where no version of it is known.</summary>
    public ModelTraffic? TrafficOf(string model)
    {
        lock (_gate)
        {
            return _models.TryGetValue(model, out List<VersionHarness>? versions) ? TrafficOf(model, versions) : null;
        }
    }

    /// <summary>How a model's shadows compare.</summary>
    public ImmutableArray<ShadowComparison> ShadowsOf(string model)
    {
        lock (_gate)
        {
            return [.. Table.Ready.Where(version => version.Model == model
                && _desk.Decided(model)?.Shadow.ContainsKey(version.Number) == true)
                .Select(version => version.Shadow.Read(version.Number))];
        }
    }

    /// <summary>The traffic of every model, by name.</summary>
    public ImmutableArray<ModelTraffic> TrafficOfAll()
    {
        lock (_gate)
        {
            return [.. _models.Select(model => TrafficOf(model.Key, model.Value))];
        }
    }

    /// <summary>Stops watching; what serves stays as it is.</summary>
    public void Dispose()
    {
        _thread.Dispose();
        ServedTensors.CloseAll(Table.Ready);
    }

    private ActResult DoAct(
        string model, string name, ActOrigin origin, Func<TrafficState, ModelFacts, ActOutcome> act)
    {
        if (!_models.TryGetValue(model, out List<VersionHarness>? versions))
        {
            return new ActResult(ErrorCode.NotFound, $"no model '{model}'", null);
        }

        TrafficState before = _desk.StateOf(model, ReadyOf(versions));
        ActOutcome outcome = origin.IfGeneration is { } seen && seen != before.Generation
            ? ActOutcome.Refused(
                ErrorCode.Aborted, $"the table is of generation {before.Generation} by now, not of {seen}")
            : act(before, _desk.FactsOf([.. versions]));
        if (outcome.State is { } after)
        {
            _plans.Freeze(before, after, [.. versions]);
        }

        (ErrorCode code, string message) = _desk.Commit(
            model, new TrafficAct(name, _time.GetUtcNow(), origin.Actor, 0, 0), before, outcome, origin.Request);
        if (code == ErrorCode.None)
        {
            Publish(isDecided: true);
            Advance();
        }

        return new ActResult(code, message, TrafficOf(model, versions));
    }

    private ModelTraffic TrafficOf(string model, List<VersionHarness> versions) => new(
        _desk.StateOf(model, ReadyOf(versions)),
        [.. versions.Select(version => _rates.Of(version))],
        _plans.ReadingsOf(model));

    private static long[] ReadyOf(List<VersionHarness> versions) => [.. versions
        .Where(version => version.State == VersionState.Ready).Select(version => version.Location.Version)];

    private void Look()
    {
        _folder.Look();
        foreach (BundleLocation location in _folder.Found)
        {
            List<VersionHarness> versions = VersionsOf(location.Model);
            if (!versions.Exists(version => version.Location.Version == location.Version))
            {
                versions.Add(new VersionHarness(location, _time));
                versions.Sort((left, right) => left.Location.Version.CompareTo(right.Location.Version));
            }
        }
    }

    private void Advance()
    {
        bool isMoving = true;
        while (isMoving)
        {
            isMoving = TakeReports();
            foreach ((string model, List<VersionHarness> versions) in _models)
            {
                isMoving |= AdvanceModel(versions);
                isMoving |= _history.Decide(versions, _desk.Decided(model));
            }
        }

        foreach (List<VersionHarness> versions in _models.Values)
        {
            NoteAbout(versions);
        }

        Publish();
        if (_folder.WasRead && _models.Values.All(versions => versions.TrueForAll(_history.IsSettled)))
        {
            _settled.TrySetResult();
        }
    }

    private bool TakeReports()
    {
        bool isMoving = false;
        while (_reports.TryDequeue(out LoadReport? report))
        {
            isMoving = true;
            _isLoading = report is { State: VersionState.Warming, Served: null };
            if (report.Served is { } served)
            {
                report.Harness.Hold(served);
                continue;
            }

            report.Harness.MoveTo(report.State, report.Reason);
            if (report.State == VersionState.Failed)
            {
                _desk.NoteFailed(report.Harness.Status);
            }
        }

        return isMoving;
    }

    private bool AdvanceModel(List<VersionHarness> versions)
    {
        bool isMoving = false;
        while (true)
        {
            VersionView[] views = [.. versions.Select(ViewOf)];
            (VersionAct act, int index) = VersionPolicy.Next(views, _isLoading);
            if (act == VersionAct.None)
            {
                return isMoving;
            }

            isMoving = true;
            Do(act, versions, index);
        }
    }

    private void Do(VersionAct act, List<VersionHarness> versions, int index)
    {
        VersionHarness version = versions[index];
        switch (act)
        {
            case VersionAct.Load:
                Load(version);
                break;
            case VersionAct.Replace:
                versions[index] = new VersionHarness(
                    _folder.Of(version.Location.Model, version.Location.Version)!, _time);
                break;
            case VersionAct.Drain:
                // The table without it is published before it refuses leases, so a request that meets a closed version
                // finds another in the table that it reads next.
                version.MoveTo(VersionState.Draining);
                Publish();
                version.Served!.Close();
                _history.Forget(version, _models.Values.SelectMany(others => others));
                break;
            case VersionAct.Retire:
                version.MoveTo(VersionState.Retired);
                ForgetRetired(versions);
                break;
            default:
                versions.RemoveAt(index);
                break;
        }
    }

    private void Load(VersionHarness version)
    {
        version.MoveTo(VersionState.Loading);
        _isLoading = true;

        // At the start nothing is served yet, and beside three busy processes on two cores a yielding thread took more
        // than 20 s for what takes one.
        _loads.Begin(version, isYielding: _settled.Task.IsCompleted);
    }

    private void Report(LoadReport report)
    {
        _reports.Enqueue(report);
        _thread.Wake();
    }

    private void NoteAbout(List<VersionHarness> versions)
    {
        foreach (VersionHarness version in versions.Where(version => version.State == VersionState.Ready))
        {
            VersionView view = ViewOf(version);
            version.Note(!view.IsWanted ? VersionNotes.Orphan : view.IsChanged ? VersionNotes.Changed
                : _history.NoteOf(version));
        }
    }

    private VersionView ViewOf(VersionHarness version)
    {
        BundleLocation location = version.Location;
        BundleLocation? wanted = _folder.Of(location.Model, location.Version);
        bool isWanted = wanted is not null && _desk.IsWanted(location.Model, location.Version);

        // What was loaded is another bundle only under another manifest, which holds all hashes; what failed is tried
        // again when anything there has changed.
        bool isChanged = isWanted && (version.State == VersionState.Ready
            ? wanted!.Marker != location.Marker
            : wanted!.Marker != location.Marker || wanted.Tree != location.Tree);
        return new VersionView(
            location.Version, version.State, isWanted, isChanged, version.Served?.IsDrained ?? true)
        {
            IsWaiting = HistoryWatch.IsWaiting(version),
        };
    }

    private void Publish(bool isDecided = false)
    {
        ImmutableArray<VersionStatus> statuses =
        [
            .. Known.Select(version => version.Status).Concat(_folder.Ignored),
        ];
        ModelTable table = Table;
        ImmutableArray<ServedVersion> ready =
            [.. Known.Where(version => version.State == VersionState.Ready).Select(version => version.Served!)];
        ImmutableArray<ServedVersion> warming =
            [.. Known.Where(HistoryWatch.IsWaiting).Select(version => version.Served!)];
        bool isReadyChanged = isDecided || !ready.SequenceEqual(table.Ready) || !warming.SequenceEqual(table.Warming);
        if (isReadyChanged || !statuses.SequenceEqual(table.Statuses))
        {
            Volatile.Write(
                ref _table,
                isReadyChanged
                    ? new ModelTable(ready, statuses, warming, (model, numbers) => _desk.StateOf(model, numbers))
                    : table.WithStatuses(statuses));
            _changed?.Invoke();
        }
    }

    private IEnumerable<VersionHarness> Known => _models.Values.SelectMany(versions => versions);

    private List<VersionHarness> VersionsOf(string model)
    {
        if (!_models.TryGetValue(model, out List<VersionHarness>? versions))
        {
            versions = [];
            _models.Add(model, versions);
        }

        return versions;
    }

    private static void ForgetRetired(List<VersionHarness> versions)
    {
        while (versions.Count(version => version.State == VersionState.Retired) > RetiredShownMax)
        {
            versions.RemoveAt(versions.FindIndex(version => version.State == VersionState.Retired));
        }
    }
}
