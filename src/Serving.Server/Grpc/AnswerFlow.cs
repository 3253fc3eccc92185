using System.Diagnostics.CodeAnalysis;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Server.Grpc;

/// <summary>
/// One request from its bytes to its answer's bytes: (1) decode, (2) run, (3) encode. The context, and with it the
/// lease on the version, is given back on every path and before the answer is sent, so no client's slow reading holds a
/// version. Safe for use by several threads.
/// </summary>
internal abstract class AnswerFlow(TimeProvider time)
{
    /// <summary>The clock of stages.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>
    /// Answers a call. The task ends with <see cref="ErrorCode.None"/> and the answer in <see
    /// cref="ScoreCall.Response"/>, or with why not, also in the call; completes synchronously unless step 2 waits.
    /// </summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Finish disposes it on every path.")]
    public ValueTask<ErrorCode> RunAsync(ScoreCall call, CancellationToken cancellation)
    {
        ScoringContext? context = Read(call);
        if (context is null)
        {
            return ValueTask.FromResult(call.Code);
        }

        long decoded = Time.GetTimestamp();
        ValueTask<ErrorCode> running;
        try
        {
            running = StartAsync(call, context, decoded, cancellation);
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return running.IsCompletedSuccessfully
            ? ValueTask.FromResult(Finish(call, context, running.Result, decoded))
            : AwaitAsync(call, context, running, decoded);
    }

    /// <summary>Step 1: the context with the decoded request; null where the call was refused, and counted.</summary>
    protected abstract ScoringContext? Read(ScoreCall call);

    /// <summary>Step 2.</summary>
    /// <param name="call">The call.</param>
    /// <param name="context">Its context.</param>
    /// <param name="decoded">When step 1 ended.</param>
    /// <param name="cancellation">Tells that the caller is gone.</param>
    protected abstract ValueTask<ErrorCode> StartAsync(
        ScoreCall call, ScoringContext context, long decoded, CancellationToken cancellation);

    /// <summary>Step 3, and what is counted of the whole.</summary>
    /// <param name="call">The call.</param>
    /// <param name="context">Its context, disposed afterwards.</param>
    /// <param name="code">What step 2 came to.</param>
    /// <param name="decoded">When step 1 ended.</param>
    protected abstract ErrorCode End(ScoreCall call, ScoringContext context, ErrorCode code, long decoded);

    private async ValueTask<ErrorCode> AwaitAsync(
        ScoreCall call, ScoringContext context, ValueTask<ErrorCode> running, long decoded)
    {
        ErrorCode code;
        try
        {
            code = await running;
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return Finish(call, context, code, decoded);
    }

    private ErrorCode Finish(ScoreCall call, ScoringContext context, ErrorCode code, long decoded)
    {
        using (context)
        {
            return End(call, context, code, decoded);
        }
    }
}
