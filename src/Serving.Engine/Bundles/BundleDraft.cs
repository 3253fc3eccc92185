using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Json;
using Serving.Engine.Decisions;
using Serving.Engine.Drift;
using Serving.Engine.Pipeline;
using Serving.Engine.Tensors.Mapping;
using Serving.Features;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>
/// A bundle before it is written: its parts are read and fit each other, so its request's fields are known and samples
/// can be read. One thread.
/// </summary>
public sealed class BundleDraft
{
    private const string ScriptFile = "script.feat";
    private const string StatisticsFile = "statistics.json";
    private const string SamplesFile = "samples.jsonl";
    private const string ExpectedFile = "expected.jsonl";
    private const string BaselineFile = "baseline.json";
    private const string ModelFolder = "model/";

    private readonly PackRequest _request;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly FeatureScript? _script;
    private readonly FittedStatistics? _statistics;
    private readonly BundleModel _model;
    private readonly BundlePipelines _pipelines;
    private readonly string _modelFile;
    private readonly DraftTensors? _tensors;

    private BundleDraft(PackRequest request, TimeProvider time, IBundleModelReader models)
    {
        _request = request;
        _time = time;
        var problems = new BundleProblems();
        CheckRequest(problems);
        _script = ReadScript(problems);
        _statistics = ReadStatistics(problems);
        problems.ThrowIfAny();

        _tensors = ReadTensors(models, problems);
        problems.ThrowIfAny();
        _modelFile = ModelFolder + (_tensors?.Tensors.Files.Main ?? Path.GetFileName(request.ModelPath));
        _model = _tensors?.Tensors.AsModel()
            ?? models.Read(Path.GetFileName(request.ModelPath), TakeModelFile, request.Sum);
        BundlePipelines? pipelines = BundlePipelines.Create(request.Name, _script, _statistics, _model, problems);
        problems.ThrowIfAny();
        _pipelines = pipelines!;
        TakeDecisions(models, problems);
        problems.ThrowIfAny();
    }

    /// <summary>The script; null without one.</summary>
    public FeatureScript? Script => _script;

    /// <summary>The fields of sample requests.</summary>
    public RowSchema Rows => _pipelines.Rows;

    /// <summary>The rows of a baseline: features before encoders, each of which may be missing.</summary>
    public RowSchema BaselineRows => BaselineMaker.SchemaOf(_pipelines.CreateServing());

    /// <summary>Has drift compared with rows of <see cref="BaselineRows"/> and the model's scores of them.</summary>
    /// <exception cref="InputException">Rows are wrong, or there are none.</exception>
    public void UseBaseline(IRowSource rows) =>
        _files[BaselineFile] = BaselineWriter.Write(BaselineMaker.Make(_pipelines.CreateServing(), rows));

    /// <summary>Reads and checks the parts of a bundle.</summary>
    /// <exception cref="InputException">A part is wrong, or they do not fit each other; holds all problems.</exception>
    public static BundleDraft Create(PackRequest request, TimeProvider time) =>
        Create(request, time, ModelFileReader.Instance);

    /// <summary>The same, where the model may be a tensor model.</summary>
    /// <exception cref="InputException">A part is wrong, or they do not fit each other; holds all problems.</exception>
    public static BundleDraft Create(PackRequest request, TimeProvider time, IReadOnlyList<IScorerFactory> runtimes) =>
        Create(request, time, new ModelFileReader(runtimes));

    /// <summary>Whether the model is a tensor model served raw, whose samples are calls and not rows.</summary>
    public bool IsRaw => _tensors is { IsRaw: true };

    /// <summary>What of a tensor model's files is left out, one sentence each.</summary>
    public ImmutableArray<string> NotCarriedOver => _tensors?.Tensors.Model.NotCarriedOver ?? [];

    /// <summary>
    /// Has a tensor model's samples be these JSON lines <c>{"signature": ..., "inputs": {...}}</c>.
    /// </summary>
    public void UseTensorSamples(ReadOnlyMemory<byte> lines)
    {
        if (_tensors is { IsRaw: true })
        {
            _tensors.Samples = lines;
        }
    }

    internal static BundleDraft Create(PackRequest request, TimeProvider time, IBundleModelReader models) =>
        new(request, time, models);

    /// <summary>
    /// Computes the samples' expected values by the reference path, compares the serving path with them bit for bit,
    /// and makes the bundle's files.
    /// </summary>
    /// <param name="version">Version, from 1.</param>
    /// <param name="samples">At most 1,000 rows of <see cref="Rows"/>; null makes 32.</param>
    /// <exception cref="InputException">The model cannot take a sample.</exception>
    /// <exception cref="InvalidOperationException">The two paths differ, which is a fault of this program.</exception>
    internal BundleContent Build(long version, SampleSet? samples)
    {
        if (_tensors is { IsRaw: true })
        {
            return BuildRaw(_tensors, version);
        }

        SampleSet set = samples ?? new SampleSet(MakeSamples());
        var problems = new BundleProblems();
        if (set.Count is 0 or > BundleLimits.SamplesMax)
        {
            problems.Add("samples", $"{set.Count} rows", $"1 to {BundleLimits.SamplesMax}");
            problems.ThrowIfAny();
        }

        (set, ImmutableArray<SampleExpectation> expected, SampleCheck check) =
            Expect(set, isGiven: samples is not null, problems);
        problems.ThrowIfAny();

        ScoringPipeline serving = _pipelines.CreateServing();
        _pipelines.CreateServingReplay(serving, check).Compare(set, expected, problems);
        if (problems.Count > 0)
        {
            throw new InvalidOperationException(
                $"the serving path and the reference path differ: {problems.Shown[0]}", problems.ToException());
        }

        _files[SamplesFile] = SampleFiles.WriteRequests(set);
        _files[ExpectedFile] = SampleFiles.WriteExpectations(expected);
        return ContentOf(version, set.Count, serving);
    }

    private (SampleSet Set, ImmutableArray<SampleExpectation> Expected, SampleCheck Check) Expect(
        SampleSet set, bool isGiven, BundleProblems problems)
    {
        if (_tensors is null)
        {
            var check = SampleCheck.Of(_request.Sum);
            return (set, _pipelines.CreateReferenceReplay(check).Compute(set, problems), check);
        }

        var answers = new MappedSampleAnswers(_pipelines, _tensors.Manifest);
        (set, ImmutableArray<SampleExpectation> expected) = answers.Compute(set, isGiven, problems);
        _tensors.Manifest = answers.Manifest;
        if (problems.Count == 0 && !answers.AreIndependent(set, expected))
        {
            _tensors.Tensors.Mapped!.ScoreRowsApart();
            _files[MappingFile.FileName] = MappingWriter.Write(_tensors.Tensors.Mapped.Mapping);
        }

        return (set, expected, answers.Check);
    }

    private BundleContent BuildRaw(DraftTensors tensors, long version)
    {
        ImmutableArray<TensorSample> samples = tensors.Answer(new BundleProblems());
        _files[SamplesFile] = TensorSampleFiles.Write(samples.Select(sample => sample.Request));
        _files[ExpectedFile] = TensorSampleFiles.Write(samples.Select(sample => sample.Expected));
        return ContentOf(version, samples.Length, _pipelines.CreateServing());
    }

    private DraftTensors? ReadTensors(IBundleModelReader models, BundleProblems problems)
    {
        if (!Path.Exists(_request.ModelPath)
            || models.ReadTensors(FolderModelFiles.Open(_request.ModelPath), _request.Tensors) is not { } tensors)
        {
            if (_request.MappingPath is not null)
            {
                problems.Add("mapping", "a model of feature columns", "an ONNX file or a SavedModel");
            }

            return null;
        }

        if (_script is not null)
        {
            tensors = ReadMapping(tensors, _script);
        }
        else if (_request.DecisionPath is not null || _request.FallbackPath is not null
            || _request.MappingPath is not null)
        {
            problems.Add(
                "model", $"a {tensors.Model.Format} model without a script", "a script before it",
                "pack it with --script, or without mapping, decisions and fallback");
        }

        var draft = new DraftTensors(tensors);
        foreach ((string name, byte[] bytes) in draft.Files(problems))
        {
            _files[ModelFolder + name] = bytes;
        }

        return draft;
    }

    private BundleTensors ReadMapping(BundleTensors tensors, FeatureScript script)
    {
        string? path = _request.MappingPath;
        BundleTensors mapped = MappingFile.Apply(
            path is null ? null : File.ReadAllBytes(path), path ?? "mapping", tensors, script, _statistics);
        if (mapped.Mapping!.Score.Count == 0)
        {
            mapped = mapped.Behind(mapped.Mapping.WithScoreCount(CountScores(mapped)));
        }

        _files[MappingFile.FileName] = MappingWriter.Write(mapped.Mapping!);
        return mapped;
    }

    // What the model does not declare its runtime tells.
    private static int CountScores(BundleTensors mapped)
    {
        const string Place = "mapping, score";
        const string Advice = "say which of them: \"score\": {\"output\": NAME, \"index\": N}, or their \"count\"";
        try
        {
            int count = mapped.Mapped!.CountScores();
            return count is > 0 and <= ushort.MaxValue
                ? count
                : throw new InputException(new InputProblem(
                    Place, $"{count} numbers of each row", $"1 to {ushort.MaxValue} scores", Advice));
        }
        catch (Exception exception) when (exception is RuntimeMissingException or TensorRunException)
        {
            throw new InputException(new InputProblem(
                Place, "an output that does not declare its numbers", $"one that does ({exception.Message})", Advice));
        }
    }

    private BundleContent ContentOf(long version, int sampleCount, ScoringPipeline serving)
    {
        var schema = new RequestSchema(serving.Rows, serving.LabelFields, []);
        var problems = new BundleProblems();
        foreach (string field in _request.Masked.Where(field => schema.Published.IndexOf(field) < 0))
        {
            string known = string.Join(", ", schema.Published.Fields.Select(published => published.Name));
            problems.Add("mask", $"'{field}'", $"a field of the request: {known}");
        }

        problems.ThrowIfAny();
        var manifest = new BundleManifest
        {
            Name = _request.Name,
            Version = version,
            Created = _time.GetUtcNow(),
            Files = _files.ToImmutableSortedDictionary(
                file => file.Key,
                file => new BundleFile(file.Value.Length, Convert.ToHexStringLower(SHA256.HashData(file.Value))),
                StringComparer.Ordinal),
            Script = _script is null ? null : ScriptFile,
            Statistics = _statistics is null ? null : StatisticsFile,
            Baseline = _files.ContainsKey(BaselineFile) ? BaselineFile : null,
            Decision = _request.DecisionPath is null ? null : DecisionDocument.FileName,
            Fallback = _request.FallbackPath is null ? null : FallbackFiles.Manifest,
            Mapping = _tensors is { IsRaw: false } ? MappingFile.FileName : null,
            Model = _modelFile,
            ModelFormat = _model.Format,
            Sum = _request.Sum,
            MemoryBytes = serving.MemoryBytes,
            Samples = SamplesFile,
            Expected = ExpectedFile,
            SampleCount = sampleCount,
            SchemaHash = BundleLoader.HashText(schema.Published),
            RowsMax = _request.RowsMax,
            Masked = _request.Masked,
            Tensors = _tensors?.Manifest,
        };
        return new BundleContent(manifest, _files.ToImmutableDictionary(StringComparer.Ordinal));
    }

    private RowBatch MakeSamples() => _script is null
        ? SampleMaker.ForModel(Rows, _model)
        : SampleMaker.ForScript(Rows, _script.LabelFields, _statistics?.CanonicalJson ?? default);

    private void CheckRequest(BundleProblems problems)
    {
        if (!BundleNames.IsModelName(_request.Name))
        {
            problems.Add("name", $"'{_request.Name}'", BundleNames.ModelPattern);
        }

        if (_request.Sum is not ("exact" or "fast"))
        {
            problems.Add("sum", $"'{_request.Sum}'", "exact or fast");
        }

        string file = Path.GetFileName(_request.ModelPath);
        if (!BundleNames.IsFileName(file) || BundleNames.IsCode(file))
        {
            problems.Add(
                "model", $"a file named '{file}'", "a name of letters, digits, '_', '.', '-' that is not one of code");
        }

        if (_request.ScriptPath is null && _request.StatisticsPath is not null)
        {
            problems.Add("statistics", "statistics without a script", "both, or neither");
        }
    }

    private FeatureScript? ReadScript(BundleProblems problems)
    {
        if (_request.ScriptPath is null)
        {
            return null;
        }

        byte[] utf8 = File.ReadAllBytes(_request.ScriptPath);
        _files[ScriptFile] = utf8;
        return BundleParts.Script(utf8, _request.ScriptPath, problems);
    }

    private FittedStatistics? ReadStatistics(BundleProblems problems)
    {
        byte[]? given = _request.StatisticsPath is null ? null : File.ReadAllBytes(_request.StatisticsPath);
        FittedStatistics? statistics = BundleParts.Statistics(given, _request.StatisticsPath, _script, problems);
        if (statistics is not null)
        {
            _files[StatisticsFile] = statistics.CanonicalJson.ToArray();
        }

        return statistics;
    }

    private void TakeDecisions(IBundleModelReader models, BundleProblems problems)
    {
        byte[]? decision = _request.DecisionPath is null ? null : File.ReadAllBytes(_request.DecisionPath);
        Bundle? fallback = _request.FallbackPath is null ? null : TakeFallback(_request.FallbackPath, models, problems);
        BundleDecisions? decisions = BundleDecisions.Create(
            decision, fallback, _script, _statistics, _pipelines.Rows, problems);
        if (decisions is null)
        {
            return;
        }

        ScoringPipeline plain = _pipelines.CreateReference();
        decisions.UseOn(plain, new RequestSchema(plain.Rows, plain.LabelFields, []).Published, problems);
        if (decision is not null)
        {
            _files[DecisionDocument.FileName] = CanonicalJson.Write(JsonNode.Parse(decision));
        }
    }

    private Bundle? TakeFallback(string path, IBundleModelReader models, BundleProblems problems)
    {
        var found = new BundleProblems();
        BundleContent? content = BundleReader.Read(path, found);
        Bundle? bundle = content is null ? null : BundleLoader.Load(content, models, found);
        problems.AddBelow(FallbackFiles.Folder, found);
        foreach ((string name, byte[] bytes) in content is null ? [] : FallbackFiles.Nest(content))
        {
            _files[name] = bytes;
            if (!BundleNames.IsFileName(name))
            {
                problems.Add($"'{name}'", "a name too long or too deep", "one that may stand in a bundle");
            }
        }

        return bundle;
    }

    private byte[]? TakeModelFile(string name)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_request.ModelPath))!, name);
        if (!BundleNames.IsFileName(name) || name.Contains('/', StringComparison.Ordinal) || !File.Exists(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        _files[ModelFolder + name] = bytes;
        return bytes;
    }
}
