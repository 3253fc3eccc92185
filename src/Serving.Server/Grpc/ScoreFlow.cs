using System.Diagnostics.CodeAnalysis;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Server.Hosting;
using Serving.Server.Rows;
using Serving.Server.Telemetry;

namespace Serving.Server.Grpc;

/// <summary>
/// One score request from its bytes to its answer's bytes: (1) decode, (2) score, (3) encode. The context, and with it
/// the lease on the version, is given back before the answer is sent, so no client's slow reading holds a version.
/// Safe for use by several threads; allocates nothing for a request that is right.
/// </summary>
internal sealed class ScoreFlow
{
    private const string Late = "the deadline of this model passed before its answer";

    private readonly InferenceEngine _engine;
    private readonly ScoreDecoder _decoder;
    private readonly ServerMetrics _metrics;
    private readonly ModelDeadlines _deadlines;
    private readonly TimeProvider _time;

    /// <summary>Makes the flow.</summary>
    public ScoreFlow(
        InferenceEngine engine,
        ScoreDecoder decoder,
        ServerMetrics metrics,
        ModelDeadlines deadlines,
        TimeProvider time)
    {
        _engine = engine;
        _decoder = decoder;
        _metrics = metrics;
        _deadlines = deadlines;
        _time = time;
    }

    /// <summary>
    /// Answers a call. The task ends with <see cref="ErrorCode.None"/> and the answer in <see
    /// cref="ScoreCall.Response"/>, or with why not, also in the call; completes synchronously unless the engine waits.
    /// </summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Finish disposes it on every path.")]
    public ValueTask<ErrorCode> RunAsync(ScoreCall call, CancellationToken cancellation)
    {
        // Step 1
        ScoringContext? context = _decoder.Read(call);
        if (context is null)
        {
            _metrics.Unknown.Count(call.Code);
            return ValueTask.FromResult(call.Code);
        }

        // Step 2
        long decoded = _time.GetTimestamp();
        _deadlines.GiveTo(context, call.BeganAt, call.IsBatch);
        ValueTask<ErrorCode> scoring;
        try
        {
            scoring = _engine.ScoreAsync(context, cancellation);
        }
        catch
        {
            context.Dispose();
            throw;
        }

        return scoring.IsCompletedSuccessfully
            ? ValueTask.FromResult(Finish(call, context, scoring.Result, decoded))
            : AwaitAsync(call, context, scoring, decoded);
    }

    private async ValueTask<ErrorCode> AwaitAsync(
        ScoreCall call, ScoringContext context, ValueTask<ErrorCode> scoring, long decoded)
    {
        ErrorCode code;
        try
        {
            code = await scoring;
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
        try
        {
            VersionMeters meters = _metrics.Of(context.Model, context.Version);
            bool isLate = code == ErrorCode.None && IsLate(call, context);
            code = isLate ? ErrorCode.DeadlineExceeded : code;
            meters.Count(code);
            _metrics.CountEvents(context);
            context.Conclude(code, Microseconds(call.ReceivedAt, _time.GetTimestamp()));
            if (code != ErrorCode.None)
            {
                return Refuse(call, context, code, isLate ? Late : context.ErrorMessage);
            }

            // Step 3
            Encode(call, context, decoded, meters);
            meters.CountAnswer(context);
            return ErrorCode.None;
        }
        finally
        {
            context.Dispose();
        }
    }

    // The library's own deadline is the longest of all.
    private bool IsLate(ScoreCall call, ScoringContext context) =>
        !call.IsBatch && _deadlines.Of(context) is var deadline && deadline < _deadlines.Longest
        && _time.GetElapsedTime(call.BeganAt) > deadline;

    private void Encode(ScoreCall call, ScoringContext context, long decoded, VersionMeters meters)
    {
        long scored = _time.GetTimestamp();
        uint decodeUs = Microseconds(call.ReceivedAt, decoded);
        uint totalUs = Microseconds(call.ReceivedAt, scored);
        if (call.IsBatch)
        {
            ScoreEncoder.WriteBatch(call.Response, context, decodeUs, totalUs);
        }
        else
        {
            ScoreEncoder.WriteScore(call.Response, context, decodeUs, totalUs);
        }

        long end = _time.GetTimestamp();
        meters.Record(Stage.Decode, decodeUs);
        meters.Record(Stage.State, context.Timings.StateUs);
        meters.Record(Stage.Features, context.Timings.FeaturesUs);
        meters.Record(Stage.Model, context.Timings.ModelUs);
        meters.Record(Stage.Encode, Microseconds(scored, end));
        meters.Record(Stage.Total, Microseconds(call.ReceivedAt, end));
    }

    private static ErrorCode Refuse(ScoreCall call, ScoringContext context, ErrorCode code, string message)
    {
        MissingFields.Collect(context, !call.IsBatch, call.Problems);
        call.Refuse(code, call.Problems.Count > 0 ? call.Problems.ToString() : message);
        return code;
    }

    private uint Microseconds(long from, long to) =>
        (uint)Math.Clamp((to - from) * 1_000_000 / _time.TimestampFrequency, 0, uint.MaxValue);
}
