using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Decisions;

/// <summary>Calls a scorer whose faults must lead to the next step of the ladder.</summary>
internal static class ScorerCall
{
    /// <summary>Scores a batch; false where the scorer threw, whatever it was: it may be a foreign runtime.</summary>
    [HotPath]
    public static bool TryScore(
        ScoringPipeline pipeline, FeatureBatch features, Span<double> rawScores, Span<double> scores)
    {
        try
        {
            pipeline.Score(features, rawScores, scores);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Awaits a scorer; false where it threw, whatever it was.</summary>
    public static async ValueTask<bool> TryAwaitAsync(ValueTask scoring)
    {
        try
        {
            await scoring;
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }
}
