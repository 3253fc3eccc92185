using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Bundles;
using Serving.Engine.Drift;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Shadows;
using Serving.Engine.Tensors;
using Serving.Engine.Versions;
using Serving.Models.Tensors;

namespace Serving.Engine;

/// <summary>
/// The server without a network: finds versions of models, keeps them, and scores rows with them. Safe for use by
/// several threads; requests read one published table and take no lock.
/// </summary>
/// <remarks>
/// One request: <see cref="Rent(ReadOnlySpan{byte}, long, out ScoringContext?)"/> a context, fill its rows,
/// <see cref="Score"/>, read its results, dispose it.
/// </remarks>
public sealed class InferenceEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly VersionControl _control;
    private readonly VersionRental _rental;
    private readonly EventIngest? _ingest;
    private readonly DriftWatch _drift;
    private readonly ShadowRunner _shadows;
    private volatile bool _isWarming;

    /// <summary>Makes an engine; nothing is read before <see cref="Start"/> or <see cref="Poll"/>.</summary>
    public InferenceEngine(EngineOptions options, TimeProvider time)
        : this(options, time, new ModelFileReader(options.Runtimes) { Hosting = options.Hosting })
    {
    }

    internal InferenceEngine(EngineOptions options, TimeProvider time, IBundleModelReader models)
    {
        _options = options;
        _time = time;
        _control = new VersionControl(options, time, models);
        _rental = new VersionRental(_control);
        Traffic = new TrafficControl(_control);
        _drift = new DriftWatch(() => _control.Table, time);
        _shadows = new ShadowRunner(time, options.Store);
        _ingest = options.Store is null ? null : new EventIngest(options.Store, options.Recorder, options.Log, time);
    }

    /// <summary>How tensor models are opened.</summary>
    public ITensorHosting Hosting => _options.Hosting;

    /// <summary>Every version that is known, by model and version.</summary>
    public ImmutableArray<VersionStatus> Versions => _control.Table.Statuses;

    /// <summary>Names of the models that have a Ready version, in order.</summary>
    public ImmutableArray<string> ReadyModels => _control.Table.ReadyModels;

    /// <summary>Whether the script of a Ready version reads windows.</summary>
    public bool HasWindows => _control.Table.Ready.Any(version => version.Pipeline.Windows is not null);

    internal IEnumerable<Features.FeatureScript> ReadyScripts =>
        _control.Table.Ready.Concat(_control.Table.Warming).Select(version => version.Script)
            .OfType<Features.FeatureScript>();

    /// <summary>Completes once every version found at start is Ready or Failed, or waits for its history.</summary>
    public Task Settled => _control.Settled;

    /// <summary>What kept the models folder from being read at the last look; empty when it was read.</summary>
    public string FolderProblem => _control.FolderProblem;

    /// <summary>Begins to watch the models folder on a thread of the engine's own.</summary>
    public void Start()
    {
        _control.Start();
        if (_options.WatchesDrift)
        {
            _drift.Start();
        }
    }

    /// <summary>Whether the answers are the server's own to itself, so that drift does not count them.</summary>
    public bool IsWarming
    {
        get => _isWarming;
        set => _isWarming = value;
    }

    /// <summary>How far the traffic of each version is from its baseline.</summary>
    public DriftWatch Drift => _drift;

    /// <summary>
    /// Looks at the models folder once and moves every version as far as it goes. For tests and embedders.
    /// </summary>
    public void Poll() => _control.Poll();

    /// <summary>
    /// Has a handler called after a version changed its state or its reason, on the engine's control thread; it must
    /// return at once.
    /// </summary>
    public void Subscribe(Action changed) => _control.Subscribe(changed);

    /// <summary>
    /// Takes a version for one request: <paramref name="version"/>, or the highest Ready one when it is 0. NotFound:
    /// no such model or version; Unavailable: not loaded yet; FailedPrecondition: the version failed.
    /// <see cref="Explain"/> has the words. Allocates nothing after warm-up.
    /// </summary>
    /// <param name="model">UTF-8 name of the model.</param>
    /// <param name="version">Version from 1, or 0.</param>
    /// <param name="context">The context, to be disposed by the caller; null with an error.</param>
    [HotPath]
    public ErrorCode Rent(ReadOnlySpan<byte> model, long version, out ScoringContext? context) =>
        Rent(model, version, default, out context);

    /// <summary>
    /// The same for a request that may name a label instead of a version. A request that names neither gets the
    /// version that takes what no other has a share of; once its rows are filled <see cref="Reroute"/> says whether
    /// another is to answer it.
    /// </summary>
    [HotPath]
    public ErrorCode Rent(
        ReadOnlySpan<byte> model, long version, ReadOnlySpan<byte> label, out ScoringContext? context) =>
        _rental.Rent(model, version, label, isRaw: false, out context);

    /// <summary>
    /// The same for calls of tensors: FailedPrecondition where the version is scored by rows. The other three are
    /// FailedPrecondition where it is served raw.
    /// </summary>
    [HotPath]
    public ErrorCode RentTensors(ReadOnlySpan<byte> model, long version, out ScoringContext? context) =>
        _rental.Rent(model, version, default, isRaw: true, out context);

    /// <summary>The same for what looks at a version and neither scores nor calls it: either kind.</summary>
    [HotPath]
    public ErrorCode RentAny(
        ReadOnlySpan<byte> model, long version, ReadOnlySpan<byte> label, out ScoringContext? context) =>
        _rental.RentAny(model, version, label, out context);

    /// <summary>
    /// Routes a request whose rows are filled, by its model's split. Null where its context is the right one; else a
    /// context of the version that is to answer, empty: the caller fills it and disposes the first. Allocates nothing
    /// after warm-up.
    /// </summary>
    [HotPath]
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns what it is given.")]
    public static ScoringContext? Reroute(ScoringContext context)
    {
        if (!context.Route.IsRouted || context.Entry is not { } entry)
        {
            return null;
        }

        int place = entry.Route(context);
        if (entry.ReadyAt(place) == context.Served)
        {
            return null;
        }

        // A version that closed meanwhile is not waited for: the one that holds a lease answers.
        RequestRoute route = context.Route;
        if (!entry.TryRent(place, isPinned: false, out ScoringContext? other))
        {
            return null;
        }

        other!.Place(entry, route);
        return other;
    }

    /// <summary>
    /// Runs the call that <see cref="TensorLease.Begin"/> took and that was filled. The result is also in the
    /// context's error: InvalidArgument, DeadlineExceeded, ResourceExhausted, Unavailable, Cancelled, Internal.
    /// Completes synchronously where the model runs in the caller's thread.
    /// </summary>
    [HotPath]
    public ValueTask<ErrorCode> PredictAsync(
        ScoringContext context, TimeSpan timeLeft, CancellationToken cancellation) =>
        TensorCalls.RunAsync(
            context, timeLeft < context.Tensor.CallTime ? timeLeft : context.Tensor.CallTime, _time, cancellation);

    /// <summary>What people and gates decide about traffic, and what versions do.</summary>
    public TrafficControl Traffic { get; }

    /// <summary>The same by a string; allocates for its bytes.</summary>
    public ErrorCode Rent(string model, long version, out ScoringContext? context) =>
        Rent(Encoding.UTF8.GetBytes(model), version, out context);

    /// <summary>Why a version or label cannot be rented, for people. Names no path.</summary>
    public string Explain(string model, long version, string label = "") => _rental.Explain(model, version, label);

    /// <summary>
    /// <see cref="ScoreAsync"/> for callers that may block: tests and embedders.
    /// </summary>
    public ErrorCode Score(ScoringContext context)
    {
        ValueTask<ErrorCode> scoring = ScoreAsync(context, CancellationToken.None);
        return scoring.IsCompletedSuccessfully ? scoring.Result : scoring.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// Scores the rows of a context. The result is also in its <see cref="ScoringContext.Error"/>; with an error there
    /// are no scores. Never throws for what a request says. Completes synchronously where the script has no windows or
    /// the store is embedded.
    /// </summary>
    [HotPath]
    public ValueTask<ErrorCode> ScoreAsync(ScoringContext context, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromResult(context.Refuse(ErrorCode.Cancelled, "the caller went away"));
        }

        long start = _time.GetTimestamp();
        context.ClearError();
        int rowsMax = Math.Min(_options.RowsMax, context.Served.RowsMax);
        if (context.Rows.RowCount == 0 || context.Rows.RowCount > rowsMax)
        {
            return ValueTask.FromResult(RefuseRowCount(context, rowsMax));
        }

        context.CountsDrift = context.Served.Drift is not null && !_isWarming;
        if (_options.Log is { IsRefusing: true } log)
        {
            return ValueTask.FromResult(RefuseUnlogged(context, log));
        }

        context.IsRecorded = _options.Recorder is not null || _options.Log is not null
            || context.Served.IsJudged || context.CountsDrift;
        ScoringPipeline pipeline = context.Served.Pipeline;
        long clock = context.StateBatch is null ? 0 : _time.GetUtcNow().ToUnixTimeMilliseconds();
        ErrorCode code = pipeline.Begin(context, clock);
        if (code != ErrorCode.None)
        {
            return ValueTask.FromResult(code);
        }

        ValueTask exchange = context.StateBatch is { Count: > 0 } batch
            ? _options.Store!.ExchangeAsync(batch, cancellation)
            : ValueTask.CompletedTask;
        return pipeline.ScoresLater ? FinishLaterAsync(exchange, context, start, cancellation)
            : exchange.IsCompletedSuccessfully ? AfterLogAsync(context, Finish(context, start))
            : AwaitStoreAsync(exchange, context, start);
    }

    private async ValueTask<ErrorCode> FinishLaterAsync(
        ValueTask exchange, ScoringContext context, long start, CancellationToken cancellation)
    {
        await exchange;
        ErrorCode code = await LaterScoring.FinishAsync(context, _time, start, cancellation);
        return await AfterLogAsync(context, End(context, code, start));
    }

    private async ValueTask<ErrorCode> AwaitStoreAsync(ValueTask exchange, ScoringContext context, long start)
    {
        await exchange;
        return await AfterLogAsync(context, Finish(context, start));
    }

    // Behind an error there is a record too, of what the store appended, but nobody waits for it.
    [HotPath]
    private ValueTask<ErrorCode> AfterLogAsync(ScoringContext context, ErrorCode code)
    {
        if (code != ErrorCode.None || _options.Log is not { } log)
        {
            return ValueTask.FromResult(code);
        }

        return context.Log switch
        {
            LogOutcome.Waiting => AwaitLogAsync(log, context),
            LogOutcome.Refused => ValueTask.FromResult(RefuseUnlogged(context, log)),
            _ => ValueTask.FromResult(code),
        };
    }

    private static async ValueTask<ErrorCode> AwaitLogAsync(PredictionLog log, ScoringContext context)
    {
        context.Log = await log.WaitAsync(context);
        return context.Log == LogOutcome.Refused ? RefuseUnlogged(context, log) : ErrorCode.None;
    }

    [HotPath]
    private ErrorCode Finish(ScoringContext context, long start) =>
        End(context, context.Served.Pipeline.Finish(context, _time, start), start);

    [HotPath]
    private ErrorCode End(ScoringContext context, ErrorCode code, long start)
    {
        StageTimings steps = context.Timings;
        context.Timings = steps with { TotalUs = _time.MicrosecondsBetween(start, _time.GetTimestamp()) };
        _options.Recorder?.Record(context);
        _options.Log?.Append(context);
        if (code == ErrorCode.None)
        {
            _shadows.TryEnqueue(context);
        }

        if (context.Windows is { } windows)
        {
            windows.RequestCompactions(_options.Store!);
            windows.ReportDamage(_options.Store!);
        }

        context.Feeding?.RequestCompactions(_options.Store!);

        return code;
    }

    /// <summary>
    /// Takes a context for events that are no requests. NotFound: no Ready version knows the set or the event;
    /// InvalidArgument: it is the set's request event, which is to be scored instead.
    /// </summary>
    /// <param name="set">The name after <c>features</c>.</param>
    /// <param name="eventName">Name of the event.</param>
    /// <param name="context">The context, to be disposed by the caller; null with an error.</param>
    /// <param name="why">Why there is none; empty otherwise.</param>
    public ErrorCode RentIngest(string set, string eventName, out IngestContext? context, out string why)
    {
        IngestTable events = _control.Table.Events;
        IngestTarget? target = events.Find(set, eventName);
        context = null;
        if (target is null)
        {
            why = events.Explain(set, eventName);
            return ErrorCode.NotFound;
        }

        if (target.Declaration.IsRequest)
        {
            why = $"'{eventName}' is the request of set '{set}'; score it instead";
            return ErrorCode.InvalidArgument;
        }

        context = target.Rent();
        why = "";
        return ErrorCode.None;
    }

    /// <summary>
    /// Takes the rows of a context into the store; None only when the store has them (embedded folder: logged and
    /// synced; Redis: answered).
    /// </summary>
    public ValueTask<ErrorCode> IngestAsync(IngestContext context, CancellationToken cancellation) =>
        _ingest is null
            ? ValueTask.FromResult(context.Refuse(ErrorCode.FailedPrecondition, "the server keeps no state"))
            : _ingest.RunAsync(context, cancellation);

    /// <summary>
    /// The sample requests of a Ready version, for warming the wire above the engine; null where there is none.
    /// </summary>
    public RowBatch? SamplesOf(string model, long version)
    {
        ServedVersion? served = _rental.ReadyOf(model, version);
        return served is { Samples: { } samples, Pipeline.Windows: { } windows }
            ? RequestTimes.MadePresent(samples, windows.Request, _time.GetUtcNow().ToUnixTimeMilliseconds())
            : served?.Samples;
    }

    /// <summary>The events that may be brought, by set and name.</summary>
    public ImmutableArray<EventDescription> Events => _control.Table.Events.Descriptions;

    /// <summary>What a Ready version takes and answers; null where there is none.</summary>
    public VersionDescription? Describe(string model, long version) =>
        _rental.ReadyOf(model, version)?.Describe(SamplesOf(model, version));

    /// <summary>Stops watching. Requests that are under way may end.</summary>
    public void Dispose()
    {
        _drift.Dispose();
        _control.Dispose();
        _shadows.Dispose();
    }

    private static ErrorCode RefuseUnlogged(ScoringContext context, PredictionLog log) => context.Refuse(
        ErrorCode.Unavailable,
        log.WhyNot.Length > 0
            ? "the prediction log takes no records now"
            : "the prediction log did not have the record in time");

    private static ErrorCode RefuseRowCount(ScoringContext context, int rowsMax) => context.Refuse(
        ErrorCode.InvalidArgument, $"the request has {context.Rows.RowCount} rows, expected 1 to {rowsMax}");
}
