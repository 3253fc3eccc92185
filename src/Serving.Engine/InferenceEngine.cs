using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;

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

    /// <summary>Makes an engine; nothing is read before <see cref="Start"/> or <see cref="Poll"/>.</summary>
    public InferenceEngine(EngineOptions options, TimeProvider time)
        : this(options, time, ModelFileReader.Instance)
    {
    }

    internal InferenceEngine(EngineOptions options, TimeProvider time, IBundleModelReader models)
    {
        _options = options;
        _time = time;
        _control = new VersionControl(options, time, models);
    }

    /// <summary>Every version that is known, by model and version.</summary>
    public ImmutableArray<VersionStatus> Versions => _control.Table.Statuses;

    /// <summary>Names of the models that have a Ready version, in order.</summary>
    public ImmutableArray<string> ReadyModels => _control.Table.ReadyModels;

    /// <summary>Completes once every version found at start is Ready or Failed.</summary>
    public Task Settled => _control.Settled;

    /// <summary>What kept the models folder from being read at the last look; empty when it was read.</summary>
    public string FolderProblem => _control.FolderProblem;

    /// <summary>Begins to watch the models folder on a thread of the engine's own.</summary>
    public void Start() => _control.Start();

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
    public ErrorCode Rent(ReadOnlySpan<byte> model, long version, out ScoringContext? context)
    {
        while (true)
        {
            ModelTable table = _control.Table;
            ModelEntry? entry = table.Find(model);
            int index = entry is null ? -1 : entry.IndexOfReady(version);
            if (index < 0)
            {
                context = null;
                return table.WhyNot(model, version);
            }

            // A version that closed between the read of the table and here is never the one of a newer table.
            if (entry!.TryRent(index, out context))
            {
                return ErrorCode.None;
            }
        }
    }

    /// <summary>
    /// <see cref="Rent(ReadOnlySpan{byte}, long, out ScoringContext?)"/> by a string; allocates for its bytes.
    /// </summary>
    public ErrorCode Rent(string model, long version, out ScoringContext? context) =>
        Rent(Encoding.UTF8.GetBytes(model), version, out context);

    /// <summary>Why a version cannot be rented, for people. Names no path.</summary>
    public string Explain(string model, long version) => _control.Table.Explain(model, version);

    /// <summary>
    /// Scores the rows of a context. The result is also in its <see cref="ScoringContext.Error"/>; with an error there
    /// are no scores. Never throws for what a request says.
    /// </summary>
    [HotPath]
    public ErrorCode Score(ScoringContext context)
    {
        long start = _time.GetTimestamp();
        context.ClearError();
        int rowsMax = Math.Min(_options.RowsMax, context.Served.RowsMax);
        if (context.Rows.RowCount == 0 || context.Rows.RowCount > rowsMax)
        {
            return RefuseRowCount(context, rowsMax);
        }

        ErrorCode code = context.Served.Pipeline.Run(context, _time);
        StageTimings steps = context.Timings;
        context.Timings = steps with { TotalUs = ScoringPipeline.Microseconds(_time, start, _time.GetTimestamp()) };
        return code;
    }

    /// <summary>
    /// <see cref="Score"/>, for callers that may have to wait once scripts read state from a store; completes
    /// synchronously without one.
    /// </summary>
    public ValueTask<ErrorCode> ScoreAsync(ScoringContext context, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested
            ? ValueTask.FromResult(context.Refuse(ErrorCode.Cancelled, "the caller went away"))
            : ValueTask.FromResult(Score(context));

    /// <summary>
    /// The sample requests of a Ready version, for warming the wire above the engine; null where there is none.
    /// </summary>
    public RowBatch? SamplesOf(string model, long version)
    {
        ModelEntry? entry = _control.Table.Find(Encoding.UTF8.GetBytes(model));
        int index = entry is null ? -1 : entry.IndexOfReady(version);
        return index < 0 ? null : entry!.ReadyAt(index).Samples;
    }

    /// <summary>Stops watching. Requests that are under way may end.</summary>
    public void Dispose() => _control.Dispose();

    private static ErrorCode RefuseRowCount(ScoringContext context, int rowsMax) => context.Refuse(
        ErrorCode.InvalidArgument, $"the request has {context.Rows.RowCount} rows, expected 1 to {rowsMax}");
}
