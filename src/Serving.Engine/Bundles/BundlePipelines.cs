using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// Builds pipelines of a script, its statistics and a model: the one that serves, and the plain one beside it.
/// </summary>
internal sealed class BundlePipelines
{
    private readonly FeatureScript? _script;
    private readonly FittedStatistics? _statistics;
    private readonly BundleModel _model;
    private readonly FeatureLayout? _layout;
    private readonly FieldStage? _fields;
    private readonly RowSchema? _raw;

    private BundlePipelines(
        FeatureScript? script,
        FittedStatistics? statistics,
        BundleModel model,
        FeatureLayout? layout,
        FieldStage? fields,
        RowSchema? raw)
    {
        _script = script;
        _statistics = statistics;
        _model = model;
        _layout = layout;
        _fields = fields;
        _raw = raw;
    }

    /// <summary>The rows that both pipelines read.</summary>
    public RowSchema Rows => _script?.Request ?? _fields!.Rows;

    /// <summary>The features before encoders.</summary>
    public RowSchema RawSchema => _raw ?? _fields!.RawSchema;

    /// <summary>Maps columns to inputs; null after noting why they do not fit.</summary>
    public static BundlePipelines? Create(
        string name, FeatureScript? script, FittedStatistics? statistics, BundleModel model, BundleProblems problems)
    {
        if (script is null)
        {
            string[] twice = [.. model.Inputs.GroupBy(input => input.Name).Where(group => group.Count() > 1)
                .Select(group => group.Key)];
            foreach (string input in twice)
            {
                problems.Add(
                    $"model input '{input}'", "a name that stands twice", "different names, since they are fields");
            }

            if (twice.Length > 0)
            {
                return null;
            }

            return new BundlePipelines(
                null, null, model, null, new FieldStage(name, model.Inputs, model.Categories), null);
        }

        FeatureProgram program = FeatureProgram.CreateInterpreter(script, statistics);
        FeatureLayout? layout = ColumnMapping.Create(program.Columns, model, problems);
        return layout is null ? null : new BundlePipelines(script, statistics, model, layout, null, program.RawSchema);
    }

    /// <summary>The pipeline that serves: the compiled script and the best kernel.</summary>
    public ScoringPipeline CreateServing() => new(
        _fields ?? StageOf(script => FeatureProgram.Create(script, _statistics)), _model.CreateScorer(),
        WindowsOf());

    /// <summary>The reference: the interpreter and the plain walk.</summary>
    public ScoringPipeline CreateReference() => new(
        _fields ?? StageOf(script => FeatureProgram.CreateInterpreter(script, _statistics)), _model.CreateReference(),
        WindowsOf());

    /// <summary>A replay of samples on the pipeline that serves, their windows read from blobs.</summary>
    public SampleReplay CreateServingReplay(ScoringPipeline serving, SampleCheck check) =>
        new(serving, check, serving.Windows is { } windows ? new BlobSampleWindows(windows) : null);

    /// <summary>A replay of samples on the reference, their windows by walking all events.</summary>
    public SampleReplay CreateReferenceReplay(SampleCheck check)
    {
        ScoringPipeline reference = CreateReference();
        return new SampleReplay(reference, check, reference.Windows is null ? null : new OracleSampleWindows(_script!));
    }

    private WindowStage? WindowsOf() => _script is { Windows.IsEmpty: false } ? new WindowStage(_script) : null;

    private FeatureStage StageOf(Func<FeatureScript, FeatureProgram> create) =>
        new ScriptStage(create(_script!), _script!.Request, _script.LabelFields, _layout!);
}
