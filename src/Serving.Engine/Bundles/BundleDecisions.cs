using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>
/// The decisions and the fallback of a bundle, before a pipeline is made that climbs down them. Immutable.
/// </summary>
/// <param name="Program">Rules, thresholds, costs, texts and the policy.</param>
/// <param name="Fallback">The bundle of the second model; null without one.</param>
internal sealed record BundleDecisions(DecisionProgram Program, Bundle? Fallback)
{
    /// <summary>
    /// Reads and binds what a bundle has; null where it has neither, or after noting every problem.
    /// </summary>
    /// <param name="decision">Bytes of <c>decision.json</c>; null without one.</param>
    /// <param name="fallback">The fallback, or null.</param>
    /// <param name="script">The script; null without one.</param>
    /// <param name="statistics">Its statistics.</param>
    /// <param name="rows">The rows that are scored.</param>
    /// <param name="problems">Receives what is wrong.</param>
    public static BundleDecisions? Create(
        byte[]? decision,
        Bundle? fallback,
        FeatureScript? script,
        FittedStatistics? statistics,
        RowSchema rows,
        BundleProblems problems)
    {
        if (decision is null && fallback is null)
        {
            return null;
        }

        DecisionDocument? document = decision is null ? new DecisionDocument()
            : DecisionReader.Read(decision, problems);
        DecisionProgram? program = document is null
            ? null
            : DecisionProgram.Bind(document, script, statistics, rows, problems);
        return program is null ? null : new BundleDecisions(program, fallback);
    }

    /// <summary>Gives a pipeline its ladder. Notes why the fallback does not fit.</summary>
    public void UseOn(ScoringPipeline pipeline, RowSchema published, BundleProblems problems)
    {
        RequestModel? model = Fallback is null
            ? null
            : RequestModel.Create(Fallback, pipeline.Rows, published, pipeline, problems);
        pipeline.Ladder = new ScoringLadder(pipeline, Program, model);
    }
}
