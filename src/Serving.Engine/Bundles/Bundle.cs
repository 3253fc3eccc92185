using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Drift;
using Serving.Engine.Pipeline;
using Serving.Features;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// A bundle whose bytes were verified and whose parts fit each other. Immutable, safe for use by several threads.
/// </summary>
public sealed class Bundle
{
    internal Bundle(
        BundleManifest manifest,
        FeatureScript? script,
        BundleModel model,
        BundlePipelines pipelines,
        SampleSet samples,
        ImmutableArray<SampleExpectation> expectations)
    {
        Manifest = manifest;
        Script = script;
        Model = model;
        Pipelines = pipelines;
        SampleSet = samples;
        Expectations = expectations;
        Pipeline = pipelines.CreateServing();
        var schema = new RequestSchema(Pipeline.Rows, Pipeline.LabelFields, []);
        Published = schema.Published;
    }

    /// <summary>The head.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>The script, or null where the model takes the request's fields.</summary>
    public FeatureScript? Script { get; }

    /// <summary>What drift is compared with, or null.</summary>
    public DriftBaseline? Baseline { get; internal init; }

    /// <summary>The rows that are scored: the script's request event, or the model's inputs.</summary>
    public RowSchema Rows => Pipeline.Rows;

    /// <summary>The fields that clients see.</summary>
    public RowSchema Published { get; }

    /// <summary>The sample requests; to be read alone.</summary>
    public RowBatch Samples => SampleSet.Requests;

    /// <summary>The sample requests with what came before each; to be read alone.</summary>
    public SampleSet SampleSet { get; }

    /// <summary>Raw scores of one row.</summary>
    public int OutputCount => Pipeline.OutputCount;

    /// <summary>Whether it holds a tensor model that is served raw, by tensors and not by rows.</summary>
    public bool IsRaw => Tensors is { IsRaw: true };

    /// <summary>Its tensor model; null for other models.</summary>
    internal BundleTensors? Tensors { get; init; }

    /// <summary>How the scores of its samples are compared.</summary>
    internal SampleCheck Check =>
        Manifest.Tensors is { } tensors ? SampleCheck.Of(tensors) : SampleCheck.Of(Manifest.Sum);

    /// <summary>How the scores of its past answers are compared.</summary>
    internal SampleCheck AnswerCheck =>
        Tensors is { } tensors ? SampleCheck.OfAnswers(tensors.Model, Manifest.Tensors!) : SampleCheck.Exact;

    /// <summary>Sample calls of a tensor model.</summary>
    internal ImmutableArray<TensorSample> TensorSamples { get; init; } = [];

    internal BundleModel Model { get; }

    internal BundlePipelines Pipelines { get; }

    internal ScoringPipeline Pipeline { get; }

    internal ImmutableArray<SampleExpectation> Expectations { get; }

    /// <summary>What it decides, and its fallback; null where it has neither.</summary>
    internal BundleDecisions? Decisions { get; init; }

    /// <summary>Opens a bundle in a folder or in one file and builds it, without replaying its samples.</summary>
    /// <exception cref="InputException">It is no bundle; holds all problems.</exception>
    public static Bundle Open(string path) => Open(path, ModelFileReader.Instance);

    /// <summary>The same, where the bundle may hold a tensor model.</summary>
    /// <exception cref="InputException">It is no bundle; holds all problems.</exception>
    public static Bundle Open(string path, IReadOnlyList<IScorerFactory> runtimes) =>
        Open(path, new ModelFileReader(runtimes));

    /// <summary>Most time of one call of its tensor model. REQUIRES: it has one.</summary>
    public TimeSpan CallTime => Tensors!.Options.CallTime;

    /// <summary>Opens its raw tensor model in its runtime. REQUIRES: <see cref="IsRaw"/>.</summary>
    /// <exception cref="InputException">The runtime refuses it.</exception>
    /// <exception cref="RuntimeMissingException">The runtime is not there.</exception>
    public ITensorScorer OpenTensors() => Tensors!.Open();

    internal static Bundle Open(string path, IBundleModelReader models)
    {
        var problems = new BundleProblems();
        BundleContent? content = BundleReader.Read(path, problems);
        Bundle? bundle = content is null ? null : BundleLoader.Load(content, models, problems);
        problems.ThrowIfAny();
        return bundle!;
    }
}
