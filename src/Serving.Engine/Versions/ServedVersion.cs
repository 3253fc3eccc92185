using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Drift;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing.Gates;
using Serving.Engine.Routing.Shadows;
using Serving.Engine.Tensors;
using Serving.Features;

namespace Serving.Engine.Versions;

/// <summary>
/// A loaded version: its pipeline, its idle contexts and the count of requests on it. Safe for use by several threads.
/// </summary>
internal sealed class ServedVersion
{
    private readonly byte[] _modelUtf8;
    private readonly ContextPool _pool = new();
    private readonly VersionLeases _leases = new();

    /// <summary>Makes the version of a pipeline that was built and verified.</summary>
    public ServedVersion(
        string model,
        long number,
        ScoringPipeline pipeline,
        RowBatch? samples,
        int rowsMax,
        FeatureScript? script = null)
    {
        Script = script;
        Model = model;
        Number = number;
        Pipeline = pipeline;
        Samples = samples;
        RowsMax = rowsMax;
        _modelUtf8 = Encoding.UTF8.GetBytes(model);
        OwnSchema = new RequestSchema(pipeline.Rows, pipeline.LabelFields, []);
        Routed = new VersionCounters(pipeline.RawSchema);
        All = new VersionCounters(pipeline.RawSchema);
        ImmutableArray<DecisionThreshold> thresholds = pipeline.Ladder?.Decisions.Document.Thresholds ?? [];
        Thresholds = thresholds.IsEmpty ? [0.5] : [.. thresholds.Select(threshold => threshold.From)];
    }

    /// <summary>Name of the model.</summary>
    public string Model { get; }

    /// <summary>UTF-8 bytes of the model's name.</summary>
    public ReadOnlySpan<byte> ModelUtf8 => _modelUtf8;

    /// <summary>Version, from 1.</summary>
    public long Number { get; }

    /// <summary>The steps from rows to scores.</summary>
    public ScoringPipeline Pipeline { get; }

    /// <summary>Its script; null where the model takes the request's fields.</summary>
    public FeatureScript? Script { get; }

    /// <summary>Its open tensor model; null for models of this program's own kernels.</summary>
    public ServedTensors? Tensors { get; init; }

    /// <summary>Whether that is served raw, by tensors and not by rows.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Request fields that its bundle wants masked in logs.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>Sample requests of its bundle.</summary>
    public RowBatch? Samples { get; }

    /// <summary>Most rows in one request, as its bundle says.</summary>
    public int RowsMax { get; }

    /// <summary>What came of requests that the traffic split brought here: what gates judge.</summary>
    public VersionCounters Routed { get; }

    /// <summary>What came of copies of requests.</summary>
    public ShadowCounts Shadow { get; } = new();

    /// <summary>The scores at which its bundle decides otherwise; a half where it has no thresholds.</summary>
    public ImmutableArray<double> Thresholds { get; }

    /// <summary>
    /// Whether a gate looks at its feature values. The control thread writes, requests read it sooner or later.
    /// </summary>
    public bool IsJudged { get; set; }

    /// <summary>Compares what it answers with its baseline; null where nobody watches.</summary>
    public DriftMeter? Drift { get; init; }

    /// <summary>How its features were distributed when its bundle was made; null where it does not say.</summary>
    public DriftBaseline? Baseline { get; init; }

    /// <summary>What came of all requests, pinned ones too.</summary>
    public VersionCounters All { get; }

    /// <summary>Its request schema without other versions beside it.</summary>
    public RequestSchema OwnSchema { get; }

    /// <summary>Whether no request is on it any more. Meaningful after <see cref="Close"/>.</summary>
    public bool IsDrained => _leases.IsDrained;

    /// <summary>What it takes and answers, with samples that may be sent now.</summary>
    public VersionDescription Describe(RowBatch? samples) => new(
        Model,
        Number,
        OwnSchema.Published,
        Pipeline.RawSchema,
        Pipeline.OutputCount,
        Pipeline.ScoreCount,
        samples)
    {
        Tensors = IsRaw ? Tensors?.Scorer.Model : null,
        IsStateful = Tensors is { Scorer.Model.IsStateful: true },
        Calls = Tensors?.Samples ?? [],
    };

    /// <summary>Takes a lease and a context under it; false when the version is closed.</summary>
    /// <param name="schema">What the request may say.</param>
    /// <param name="feed">Logs of other versions that it enters; null for none.</param>
    /// <param name="context">The context.</param>
    [HotPath]
    public bool TryRent(RequestSchema schema, RequestFeed? feed, out ScoringContext? context)
    {
        int slot = _leases.TryTake();
        if (slot < 0)
        {
            context = null;
            return false;
        }

        context = _pool.TryTake() ?? new ScoringContext(this);
        context.Begin(schema, feed, slot);
        return true;
    }

    /// <summary>Takes a context back and releases its lease.</summary>
    [HotPath]
    public void GiveBack(ScoringContext context, int leaseSlot)
    {
        _pool.Put(context);
        _leases.Release(leaseSlot);
    }

    /// <summary>Refuses new requests. The table without this version must be published before.</summary>
    public void Close() => _leases.Close();
}
