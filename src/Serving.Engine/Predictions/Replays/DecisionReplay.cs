using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Decisions;
using Serving.Features;

namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Recomputes what a bundle with decisions answered at the step that a record names: which steps failed there, and how
/// much time was left, nobody knows any more. Not safe for use by several threads; reused.
/// </summary>
internal sealed class DecisionReplay(ScoringLadder ladder)
{
    private readonly DecisionProgram _program = ladder.Decisions;
    private readonly FeatureFrame? _frame = ladder.Decisions.CreateFrame();
    private readonly RequestModelScratch? _requestModel = ladder.RequestModel?.CreateScratch();

    /// <summary>Whether decisions follow from the score alone, so that neither request nor state is needed.</summary>
    public bool NeedsScoreAlone => _program.CreateFrame() is null;

    /// <summary>
    /// Replaces the model's scores of the one row by those of a lower step; false where the bundle cannot have answered
    /// by that step.
    /// </summary>
    public bool TryRescore(ScoringStep step, RowBatch rows, Span<double> rawScores, Span<double> scores)
    {
        if (step is ScoringStep.Full or ScoringStep.WindowsMissing)
        {
            return true;
        }

        if (step == ScoringStep.RequestModel)
        {
            return _requestModel is not null && _requestModel.TryScore(rows, 0, rawScores, scores);
        }

        FallbackPolicy? policy = _program.Document.Policy;
        rawScores.Fill(policy?.Score ?? double.NaN);
        scores.Fill(policy?.Score ?? double.NaN);
        return policy is not null && (step == ScoringStep.Policy || _program.HasRulesWithoutScore);
    }

    /// <summary>Whether the step is one that the model's missing features allow.</summary>
    public bool IsStepAllowed(ScoringStep step, RowBatch raw) =>
        step is not (ScoringStep.Full or ScoringStep.WindowsMissing) || !ladder.HasPolicy || !IsLacking(raw);

    /// <summary>Whether the answer of a step is degraded.</summary>
    public bool IsDegraded(ScoringStep step, RowBatch raw) =>
        step != ScoringStep.Full || (!ladder.HasPolicy && IsLacking(raw));

    /// <summary>The decision and the code of its reason, null without one.</summary>
    public (string Decision, string? Reason) Decide(
        ScoringStep step, RowBatch rows, WindowValues? windows, double score, bool isExplored)
    {
        DecisionOutcome outcome = _program.DecideAt(step, rows, windows, 0, score, _frame);
        return isExplored && outcome.Decision == Decision.Decline
            ? (DecisionWords.Of(Decision.Approve), null)
            : (DecisionWords.Of(outcome.Decision), _program.Texts.CodeAt(outcome.Reason));
    }

    private bool IsLacking(RowBatch raw) => ladder.CountsMissing
        && MissingFeatures.ShareOf(raw, 0, ladder.Pipeline.UsedRaw.AsSpan()) > _program.Document.MissingMax;
}
