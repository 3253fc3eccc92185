using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Recomputes one answer at a time by a bundle's own pipeline: (1) the request, (2) window values from blobs, (3)
/// features and score. Not safe for use by several threads; reused.
/// </summary>
internal sealed class BundleReplay
{
    private const string FromFeatures = "from_features";

    private readonly ScoringPipeline _pipeline;
    private readonly FeatureScript? _script;
    private readonly EventDeclaration? _request;
    private readonly WindowReader[] _readers;
    private readonly WindowValues? _values;
    private readonly FeatureBatch _features = new();
    private readonly FeatureFrame? _frame;
    private readonly RowBatch _raw;
    private readonly StateKey?[] _keys;
    private readonly RowBatch _recorded;
    private readonly double[] _rawScores;
    private readonly double[] _scores;
    private readonly DecisionReplay? _decisions;
    private readonly SampleCheck _check;

    /// <summary>Makes the replay of a bundle's answers.</summary>
    public BundleReplay(Bundle bundle)
    {
        Name = bundle.Manifest.Name;
        Version = bundle.Manifest.Version;
        Set = bundle.Script?.Name ?? "";
        Events = bundle.Script?.Events ?? [];
        _pipeline = bundle.Pipeline;
        _script = bundle.Script;
        _request = _script?.Events.First(declaration => declaration.IsRequest);
        _frame = _pipeline.CreateFrame();
        _raw = new RowBatch(_pipeline.RawSchema);
        _recorded = new RowBatch(_pipeline.RawSchema);
        _rawScores = new double[_pipeline.OutputCount];
        _scores = new double[_pipeline.ScoreCount];
        _check = bundle.AnswerCheck;
        _decisions = _pipeline.Ladder is { } ladder ? new DecisionReplay(ladder) : null;
        Rows = new RowBatch(_pipeline.Rows);
        WindowStage? stage = _pipeline.Windows;
        Logs = stage?.Logs ?? [];
        _keys = new StateKey?[Logs.Length];
        Writers = [.. Logs.Select(log => new ReplayLog(log))];
        _readers = [.. Logs.Select(log => new WindowReader(log.Codec, stage!.ConditionsOf(log.Log)))];
        _values = stage is null ? null : new WindowValues(stage.Plan);
    }

    /// <summary>Name of the model.</summary>
    public string Name { get; }

    /// <summary>Version of the model.</summary>
    public long Version { get; }

    /// <summary>Name of the feature set; empty without a script.</summary>
    public string Set { get; }

    /// <summary>The script's events.</summary>
    public ImmutableArray<EventDeclaration> Events { get; }

    /// <summary>The script's logs.</summary>
    public ImmutableArray<WindowLog> Logs { get; }

    /// <summary>Their records, each log's at its place.</summary>
    public ImmutableArray<ReplayLog> Writers { get; }

    /// <summary>The request that is recomputed: one row.</summary>
    public RowBatch Rows { get; }

    /// <summary>Time of the request.</summary>
    public long Time => Rows.Get(0, _pipeline.Windows!.Request.TimeField);

    /// <summary>Whether state was missing when the values were read.</summary>
    public bool IsStateMissing { get; private set; }

    /// <summary>Whether a blob no longer knew what was known at the request's time.</summary>
    public bool IsTooOld { get; private set; }

    /// <summary>Step 1. Returns what is wrong with the request, or null.</summary>
    public string? Read(RecordLine line)
    {
        Rows.Clear();
        string? wrong = RecordJson.ReadRow(line.Fields, Rows, line.Masked);
        int next = 0;
        for (int log = 0; log < Logs.Length; log++)
        {
            _keys[log] = KeyOf(line, log, ref next);
        }

        return wrong;
    }

    /// <summary>The key of the request in a log; false where it has none.</summary>
    public bool TryKey(int log, out StateKey key)
    {
        key = _keys[log].GetValueOrDefault();
        return _keys[log] is not null;
    }

    // Accesses stand in the order of the logs: where a part of the key is masked, the record says the key itself.
    private StateKey? KeyOf(RecordLine line, int log, ref int next)
    {
        if (Logs[log].Codec.TryKeyOfRequest(Rows, 0, out StateKey key))
        {
            next++;
            return key;
        }

        bool isMasked = !line.Masked.IsEmpty && Logs[log].Log.RequestKey.All(
            field => Rows.IsPresent(0, field) || line.Masked.Contains(_request!.Schema.Fields[field].Name));
        return isMasked && next < line.State.Length ? line.State[next++].ToKey() : null;
    }

    /// <summary>
    /// Whether the request's masked fields can be done without: each is a window's key and nothing else, so that the
    /// state that the record names stands for it.
    /// </summary>
    public bool CanDoWithout(IReadOnlyCollection<string> masked) =>
        masked.All(name => LogMasks.IsKeyAlone(_script, _request, name));

    /// <summary>Begins step 2: no log is read yet.</summary>
    public void BeginState()
    {
        IsStateMissing = false;
        IsTooOld = false;
        _values?.Clear();
        _values?.AddRow();
    }

    /// <summary>Step 2 for a log whose key the request does not have.</summary>
    public void ReadNoKey(int log) => _readers[log].WriteNoKey(_values!.Rows, 0);

    /// <summary>Step 2 for a log.</summary>
    public void ReadState(int log, ReadOnlySpan<byte> blob)
    {
        if (IsStateMissing)
        {
            return;
        }

        ReadStatus status = _readers[log].Read(blob, Rows, 0, Time, _values!.Rows, 0);
        if (status != ReadStatus.Ok)
        {
            IsTooOld |= status == ReadStatus.TooOld;
            MissState();
        }
    }

    /// <summary>Step 2 where the store gave no state: one log without it makes the whole row miss its state.</summary>
    public void MissState()
    {
        IsStateMissing = true;
        _values!.MarkStateMissing(0);
    }

    /// <summary>Step 3, and what differs from a record.</summary>
    public List<ReplayDifference> Compare(RecordLine line, string differenceClass)
    {
        _raw.Clear();
        _pipeline.Evaluate(Rows, _values, _features, _frame, _raw);
        _pipeline.Score(_features, _rawScores, _scores);
        var differences = new List<ReplayDifference>();
        CompareStep(line, differences, differenceClass);
        if (line.FeaturesHash.Length > 0)
        {
            CompareHash(line, differences, differenceClass);
        }
        else if (line.Features.ValueKind != JsonValueKind.Undefined)
        {
            CompareFeatures(line, differences, differenceClass);
        }

        AddNumber(differences, line, "score", line.Score, _scores[0], differenceClass);
        AddNumber(differences, line, "raw_score", line.RawScore, _rawScores[0], differenceClass);
        CompareDecision(line, differences, differenceClass);
        return differences;
    }

    // The step is taken from the record, as far as state and features allow it, and with it whose score it is.
    private void CompareStep(RecordLine line, List<ReplayDifference> differences, string differenceClass)
    {
        ScoringStep model = IsStateMissing ? ScoringStep.WindowsMissing : ScoringStep.Full;
        ScoringStep step = line.Step ?? model;
        bool isDegraded = _decisions?.IsDegraded(step, _raw) ?? IsStateMissing;
        bool isPossible = _decisions is null
            ? step == model
            : (step == model || step > ScoringStep.WindowsMissing) && _decisions.IsStepAllowed(step, _raw)
                && _decisions.TryRescore(step, Rows, _rawScores, _scores);
        if (!isPossible)
        {
            differences.Add(new ReplayDifference(
                line.Id, "step", Quoted(DecisionWords.Of(step)), Quoted(DecisionWords.Of(model)), differenceClass));
        }

        if (line.IsDegraded != isDegraded)
        {
            differences.Add(new ReplayDifference(
                line.Id, "degraded", line.IsDegraded ? "true" : "false", isDegraded ? "true" : "false",
                differenceClass));
        }
    }

    private void CompareDecision(RecordLine line, List<ReplayDifference> differences, string differenceClass)
    {
        if (_decisions is null || line.Step is not { } step)
        {
            return;
        }

        (string decision, string? reason) = _decisions.Decide(step, Rows, _values, _scores[0], line.IsExplored);
        if (decision != line.Decision)
        {
            differences.Add(new ReplayDifference(
                line.Id, "decision", Quoted(line.Decision), Quoted(decision), differenceClass));
        }

        if (reason != line.Reason)
        {
            differences.Add(new ReplayDifference(
                line.Id, "decision_reasons", Quoted(line.Reason ?? ""), Quoted(reason ?? ""), differenceClass));
        }
    }

    private void CompareHash(RecordLine line, List<ReplayDifference> differences, string differenceClass)
    {
        string hash = FeaturesHashText.Of(_raw, 0);
        if (hash != line.FeaturesHash)
        {
            differences.Add(new ReplayDifference(
                line.Id, "features", Quoted(line.FeaturesHash), Quoted(hash), differenceClass));
        }
    }

    private void CompareFeatures(RecordLine line, List<ReplayDifference> differences, string differenceClass)
    {
        _recorded.Clear();
        if (RecordJson.ReadRow(line.Features, _recorded) is { } wrong)
        {
            differences.Add(new ReplayDifference(line.Id, "features", Quoted(wrong), "null", differenceClass));
        }

        for (int field = 0; field < _raw.FieldCount; field++)
        {
            if (!AreEqual(field))
            {
                differences.Add(new ReplayDifference(
                    line.Id, _raw.Schema.Fields[field].Name, TextOf(_recorded, field), TextOf(_raw, field),
                    differenceClass));
            }
        }
    }

    /// <summary>
    /// Rescores an answer from the features that it tells, where its state or its request is gone. Returns what
    /// differs.
    /// </summary>
    public List<ReplayDifference> CompareFromFeatures(RecordLine line)
    {
        var differences = new List<ReplayDifference>();
        _recorded.Clear();
        if (line.FeaturesHash.Length > 0 || line.Features.ValueKind == JsonValueKind.Undefined)
        {
            // A hash gives no score again, and a step that needs no features has none.
            return differences;
        }

        if (RecordJson.ReadRow(line.Features, _recorded) is { } wrong)
        {
            differences.Add(new ReplayDifference(line.Id, "features", Quoted(wrong), "null", FromFeatures));
            return differences;
        }

        if (line.Step is > ScoringStep.WindowsMissing)
        {
            // Not the score of these features.
            return differences;
        }

        bool isStateMissing = line.Step is { } step ? step == ScoringStep.WindowsMissing : line.IsDegraded;
        _pipeline.Encode(_recorded, 0, isStateMissing, _features);
        _pipeline.Score(_features, _rawScores, _scores);
        AddNumber(differences, line, "score", line.Score, _scores[0], FromFeatures);
        AddNumber(differences, line, "raw_score", line.RawScore, _rawScores[0], FromFeatures);
        if (_decisions is { NeedsScoreAlone: true })
        {
            CompareDecision(line, differences, FromFeatures);
        }

        return differences;
    }

    private void AddNumber(
        List<ReplayDifference> differences, RecordLine line, string name, double recorded, double recomputed,
        string differenceClass)
    {
        // Native runtimes differ between processors, and in the rows that they ran beside.
        if (_check.ComparesScores && !_check.AreEqual(recomputed, recorded))
        {
            differences.Add(new ReplayDifference(
                line.Id, name, NumberText(recorded), NumberText(recomputed), differenceClass));
        }
    }

    private static string NumberText(double number) =>
        double.IsFinite(number) ? JsonSerializer.Serialize(number) : $"\"{number}\"";

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private bool AreEqual(int field)
    {
        if (_raw.IsPresent(0, field) != _recorded.IsPresent(0, field))
        {
            return false;
        }

        FieldType type = _raw.Schema.Fields[field].Type;
        if (type.Kind != ValueKind.List)
        {
            return AreEqual(type.Kind, _raw.Get(0, field), _recorded.Get(0, field));
        }

        ReadOnlySpan<long> items = _raw.GetList(0, field);
        ReadOnlySpan<long> recorded = _recorded.GetList(0, field);
        for (int index = 0; index < Math.Min(items.Length, recorded.Length); index++)
        {
            if (!AreEqual(type.ElementKind, items[index], recorded[index]))
            {
                return false;
            }
        }

        return items.Length == recorded.Length;
    }

    private bool AreEqual(ValueKind kind, long slot, long recorded) => kind == ValueKind.String
        ? _raw.TextOf(slot).SequenceEqual(_recorded.TextOf(recorded))
        : slot == recorded;

    private static string TextOf(RowBatch rows, int field)
    {
        if (!rows.IsPresent(0, field))
        {
            return "null";
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            RecordJson.WriteBareField(json, rows, 0, field);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
