using Serving.Data;
using Serving.Data.Time;
using Serving.Engine.Pipeline;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors;

/// <summary>Runs the call of a context and turns what can go wrong into codes. Stateless.</summary>
internal static class TensorCalls
{
    /// <summary>Runs the call that the context has rented; the result is also in its error.</summary>
    public static ValueTask<ErrorCode> RunAsync(
        ScoringContext context, TimeSpan timeLeft, TimeProvider time, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        context.ClearError();
        ValueTask run;
        try
        {
            run = context.Tensor.Call!.RunAsync(timeLeft, cancellation);
            if (run.IsCompletedSuccessfully)
            {
                context.Timings = TimesOf(time, start);
                return ValueTask.FromResult(ErrorCode.None);
            }
        }
        catch (Exception exception) when (CodeOf(exception) != ErrorCode.None)
        {
            return ValueTask.FromResult(context.Refuse(CodeOf(exception), exception.Message));
        }

        return AwaitAsync(run, context, time, start);
    }

    private static async ValueTask<ErrorCode> AwaitAsync(
        ValueTask run, ScoringContext context, TimeProvider time, long start)
    {
        try
        {
            await run;
            context.Timings = TimesOf(time, start);
            return ErrorCode.None;
        }
        catch (Exception exception) when (CodeOf(exception) != ErrorCode.None)
        {
            return context.Refuse(CodeOf(exception), exception.Message);
        }
    }

    private static StageTimings TimesOf(TimeProvider time, long start)
    {
        uint model = time.MicrosecondsBetween(start, time.GetTimestamp());
        return new StageTimings { ModelUs = model, TotalUs = model };
    }

    /// <summary>The code of what a call may throw; none of what it may not.</summary>
    public static ErrorCode CodeOf(Exception exception) => exception switch
    {
        InputException => ErrorCode.InvalidArgument,
        TensorRunException run => run.Code,
        OperationCanceledException => ErrorCode.Cancelled,
        _ => ErrorCode.None,
    };
}
