using Serving.Data;
using Serving.Engine.Tensors;

namespace Serving.Engine.Pipeline;

/// <summary>
/// The end of requests whose model is awaited: one that may block, where a ladder has other steps, or one that hands
/// rows to a queue or another process. Stateless.
/// </summary>
internal static class LaterScoring
{
    /// <summary>
    /// What <see cref="ScoringPipeline.Finish"/> does, without holding a thread while the model runs.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="time">For the time left and the timings.</param>
    /// <param name="start">Timestamp of the request's start.</param>
    /// <param name="cancellation">Ends the run of a model without further steps.</param>
    public static async ValueTask<ErrorCode> FinishAsync(
        ScoringContext context, TimeProvider time, long start, CancellationToken cancellation)
    {
        ScoringPipeline pipeline = context.Served.Pipeline;
        ErrorCode code = pipeline.Prepare(context, time, start);
        if (code != ErrorCode.None)
        {
            return code;
        }

        if (pipeline.Ladder is { } ladder)
        {
            // A model that may block is waited for no longer than the request has time.
            bool isScored = await ladder.TryScoreApartAsync(context, time);
            return ScoringPipeline.Complete(context, time, ladder, isScored);
        }

        context.ReserveScores();
        try
        {
            await ScoreAsync(context, TimeLeft(context, time), cancellation);
        }
        catch (Exception exception) when (TensorCalls.CodeOf(exception) != ErrorCode.None)
        {
            return context.Refuse(TensorCalls.CodeOf(exception), exception.Message);
        }

        return pipeline.CompleteScored(context, time);
    }

    /// <summary>Awaits the model into the context's scores. REQUIRES: they were reserved.</summary>
    public static ValueTask ScoreAsync(ScoringContext context, TimeSpan timeLeft, CancellationToken cancellation) =>
        context.Served.Pipeline.ScoreAsync(
            context.FeatureBatch,
            context.RawScoreBuffer.AsMemory(0, context.AllRawScores.Length),
            context.ScoreBuffer.AsMemory(0, context.AllScores.Length),
            timeLeft,
            cancellation);

    /// <summary>Time until the request's deadline; the longest there is where it has none.</summary>
    public static TimeSpan TimeLeft(ScoringContext context, TimeProvider time)
    {
        if (context.DeadlineAt == 0)
        {
            return TimeSpan.MaxValue;
        }

        long left = context.DeadlineAt - time.GetTimestamp();
        return TimeSpan.FromSeconds(Math.Max(0, left) / (double)time.TimestampFrequency);
    }
}
