using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Decisions;

/// <summary>
/// Buffers in which the request model scores the rows that need it. Not safe for use by several threads; reused,
/// allocates nothing after warm-up.
/// </summary>
internal sealed class RequestModelScratch
{
    private readonly RequestModel _model;
    private readonly RowBatch _rows;
    private readonly RowBatch _raw;
    private readonly FeatureBatch _features = new();
    private readonly FeatureFrame? _frame;

    /// <summary>Makes the buffers of a model.</summary>
    public RequestModelScratch(RequestModel model)
    {
        _model = model;
        _rows = new RowBatch(model.Pipeline.Rows);
        _raw = new RowBatch(model.Pipeline.RawSchema);
        _frame = model.Pipeline.CreateFrame();
    }

    /// <summary>Share of the last row's features that were missing.</summary>
    public double MissingShare { get; private set; }

    /// <summary>
    /// Scores one row; false where it lacks what the model requires, or the model fails or gives no finite score.
    /// </summary>
    /// <param name="ours">Our rows.</param>
    /// <param name="row">The row.</param>
    /// <param name="rawScores">Receives the raw scores.</param>
    /// <param name="scores">Receives the scores.</param>
    [HotPath]
    public bool TryScore(RowBatch ours, int row, Span<double> rawScores, Span<double> scores)
    {
        ScoringPipeline pipeline = _model.Pipeline;
        _rows.Clear();
        if (!_model.TryTake(ours, row, _rows)
            || pipeline.Evaluate(_rows, null, _features, _frame, _raw).Row >= 0)
        {
            return false;
        }

        MissingShare = MissingFeatures.ShareOf(_raw, 0, pipeline.UsedRaw.AsSpan());
        return ScorerCall.TryScore(pipeline, _features, rawScores, scores)
            && ScoringPipeline.FirstNotFinite(rawScores, 1) < 0 && ScoringPipeline.FirstNotFinite(scores, 1) < 0;
    }
}
