using Serving.Data;
using Serving.Data.Time;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Server.Hosting;
using Serving.Server.Rows;
using Serving.Server.Telemetry;

namespace Serving.Server.Grpc;

/// <summary>
/// One score request. Safe for use by several threads; allocates nothing for a request that is right.
/// </summary>
internal sealed class ScoreFlow : AnswerFlow
{
    private const string Late = "the deadline of this model passed before its answer";

    private readonly InferenceEngine _engine;
    private readonly ScoreDecoder _decoder;
    private readonly ServerMetrics _metrics;
    private readonly ModelDeadlines _deadlines;

    /// <summary>Makes the flow.</summary>
    public ScoreFlow(
        InferenceEngine engine,
        ScoreDecoder decoder,
        ServerMetrics metrics,
        ModelDeadlines deadlines,
        TimeProvider time)
        : base(time)
    {
        _engine = engine;
        _decoder = decoder;
        _metrics = metrics;
        _deadlines = deadlines;
    }

    protected override ScoringContext? Read(ScoreCall call)
    {
        ScoringContext? context = _decoder.Read(call);
        if (context is null)
        {
            _metrics.Unknown.Count(call.Code);
        }

        return context;
    }

    protected override ValueTask<ErrorCode> StartAsync(
        ScoreCall call, ScoringContext context, long decoded, CancellationToken cancellation)
    {
        _deadlines.GiveTo(context, call.BeganAt, call.IsBatch);
        return _engine.ScoreAsync(context, cancellation);
    }

    protected override ErrorCode End(ScoreCall call, ScoringContext context, ErrorCode code, long decoded)
    {
        VersionMeters meters = _metrics.Of(context.Model, context.Version);
        bool isLate = code == ErrorCode.None && IsLate(call, context);
        code = isLate ? ErrorCode.DeadlineExceeded : code;
        meters.Count(code);
        _metrics.CountEvents(context);
        context.Conclude(code, Time.MicrosecondsBetween(call.ReceivedAt, Time.GetTimestamp()));
        if (code != ErrorCode.None)
        {
            return Refuse(call, context, code, isLate ? Late : context.ErrorMessage);
        }

        Encode(call, context, decoded, meters);
        meters.CountAnswer(context);
        return ErrorCode.None;
    }

    // The library's own deadline is the longest of all.
    private bool IsLate(ScoreCall call, ScoringContext context) =>
        !call.IsBatch && _deadlines.Of(context) is var deadline && deadline < _deadlines.Longest
        && Time.GetElapsedTime(call.BeganAt) > deadline;

    private void Encode(ScoreCall call, ScoringContext context, long decoded, VersionMeters meters)
    {
        long scored = Time.GetTimestamp();
        uint decodeUs = Time.MicrosecondsBetween(call.ReceivedAt, decoded);
        uint totalUs = Time.MicrosecondsBetween(call.ReceivedAt, scored);
        if (call.IsBatch)
        {
            ScoreEncoder.WriteBatch(call.Response, context, decodeUs, totalUs);
        }
        else
        {
            ScoreEncoder.WriteScore(call.Response, context, decodeUs, totalUs);
        }

        long end = Time.GetTimestamp();
        meters.Record(Stage.Decode, decodeUs);
        meters.Record(Stage.State, context.Timings.StateUs);
        meters.Record(Stage.Features, context.Timings.FeaturesUs);
        meters.Record(Stage.Model, context.Timings.ModelUs);
        meters.Record(Stage.Encode, Time.MicrosecondsBetween(scored, end));
        meters.Record(Stage.Total, Time.MicrosecondsBetween(call.ReceivedAt, end));
    }

    private static ErrorCode Refuse(ScoreCall call, ScoringContext context, ErrorCode code, string message)
    {
        MissingFields.Collect(context, !call.IsBatch, call.Problems);
        call.Refuse(code, call.Problems.Count > 0 ? call.Problems.ToString() : message);
        return code;
    }
}
