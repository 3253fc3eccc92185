using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Server.Hosting;
using Serving.Server.Rows;
using Serving.Server.Telemetry;

namespace Serving.Server.Rest;

/// <summary><c>POST /v1/score/{model}</c>. Safe for use by several threads.</summary>
internal sealed class ScoreEndpoint
{
    private const int KeptMax = 256;

    private readonly InferenceEngine _engine;
    private readonly AdmissionGate _gate;
    private readonly ServerMetrics _metrics;
    private readonly ServerOptions _options;
    private readonly ModelDeadlines _deadlines;
    private readonly TimeProvider _time;
    private readonly ILogger<ScoreEndpoint> _logger;
    private readonly DefaultObjectPool<RestCall> _pool;

    /// <summary>Makes the endpoint.</summary>
    public ScoreEndpoint(
        InferenceEngine engine,
        AdmissionGate gate,
        ServerMetrics metrics,
        ServerOptions options,
        ModelDeadlines deadlines,
        TimeProvider time,
        ILogger<ScoreEndpoint> logger)
    {
        _engine = engine;
        _gate = gate;
        _metrics = metrics;
        _options = options;
        _deadlines = deadlines;
        _time = time;
        _logger = logger;
        _pool = new DefaultObjectPool<RestCall>(new Policy(options.RowsMax), KeptMax);
    }

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context, string model)
    {
        long start = _time.GetTimestamp();
        ScoreQuery query = ScoreQuery.Read(context.Request.Query);
        if (!ModelName.IsValid(model))
        {
            await RefuseAsync(context, ErrorCode.InvalidArgument, 400, ModelName.Refusal);
            return;
        }

        if (query.Code != ErrorCode.None)
        {
            await RefuseAsync(context, query.Code, StatusMapping.Of(query.Code).Http, query.Message);
            return;
        }

        using var lease = _gate.TryEnter() ?? await _gate.TryEnterAsync(context.RequestAborted);
        if (lease is null)
        {
            await Problem.WriteAsync(context, ErrorCode.ResourceExhausted, AdmissionGate.Refusal);
            return;
        }

        using RequestBody body = await RequestBody.ReadJsonAsync(context, _options.MessageSizeMax);
        if (body.Code != ErrorCode.None)
        {
            await RefuseAsync(context, body.Code, body.Status, body.Message);
            return;
        }

        await ScoreAsync(context, model, query, body, start);
    }

    private async Task ScoreAsync(HttpContext context, string model, ScoreQuery query, RequestBody body, long start)
    {
        RestCall call = _pool.Get();
        call.Begin();
        try
        {
            if (await RunAsync(call, context, model, query, body, start) != ErrorCode.None)
            {
                _logger.Refused(StatusMapping.Of(call.Code).Name, call.Message);
                await Problem.WriteAsync(context, call.Code, call.Message, call.Problems);
                return;
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = call.Answer.Written.Length;
            await context.Response.Body.WriteAsync(call.Answer.Written, context.RequestAborted);
        }
        finally
        {
            _pool.Return(call);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "It is null on the path that does not dispose it.")]
    private async ValueTask<ErrorCode> RunAsync(
        RestCall call, HttpContext http, string model, ScoreQuery query, RequestBody body, long start)
    {
        ErrorCode code = _engine.Rent(
            Encoding.UTF8.GetBytes(model), query.Version, Encoding.UTF8.GetBytes(query.Label),
            out ScoringContext? context);
        if (code != ErrorCode.None)
        {
            _metrics.Unknown.Count(code);
            return call.Refuse(code, _engine.Explain(model, query.Version, query.Label));
        }

        bool isRead = Decode(call, context!, query, body);
        if (isRead && InferenceEngine.Reroute(context!) is { } other)
        {
            // What the split sends to another version is read again, into that version's rows.
            context!.Dispose();
            context = other;
            isRead = Decode(call, context, query, body);
        }

        using (context)
        {
            VersionMeters meters = _metrics.Of(model, context!.Version);
            code = isRead ? await ScoreAsync(call, http, context, start) : call.Code;
            meters.Count(code);
            _metrics.CountEvents(context);
            context.Conclude(code, _time.MicrosecondsBetween(start, _time.GetTimestamp()));
            if (code == ErrorCode.None)
            {
                Encode(call, context, start, meters);
                meters.CountAnswer(context);
            }
        }

        return code;
    }

    private static bool Decode(RestCall call, ScoringContext context, ScoreQuery query, RequestBody body)
    {
        context.WantsFeatures = query.WantsFeatures;
        context.ScoreOnly = query.ScoreOnly;
        context.UseLanguage(query.Language);
        call.Rows.Read(body.Bytes, context.Schema, context.Rows, out bool isArray);
        call.IsArray = isArray;
        if (call.Problems.Count > 0)
        {
            call.Refuse(ErrorCode.InvalidArgument, call.Problems.ToString());
        }

        return call.Problems.Count == 0;
    }

    private async ValueTask<ErrorCode> ScoreAsync(RestCall call, HttpContext http, ScoringContext context, long start)
    {
        bool isArray = call.IsArray;
        call.DecodedAt = _time.GetTimestamp();
        TimeSpan longest = isArray ? _options.BatchDeadline : _deadlines.Of(context);
        if (_time.GetElapsedTime(start, call.DecodedAt) > longest)
        {
            return call.Refuse(
                ErrorCode.DeadlineExceeded, "the server's deadline passed before the request was scored");
        }

        _deadlines.GiveTo(context, start, isArray);
        ErrorCode code = await _engine.ScoreAsync(context, http.RequestAborted);
        if (code == ErrorCode.None)
        {
            return code;
        }

        MissingFields.Collect(context, !isArray, call.Problems);
        return call.Refuse(code, call.Problems.Count > 0 ? call.Problems.ToString() : context.ErrorMessage);
    }

    private void Encode(RestCall call, ScoringContext context, long start, VersionMeters meters)
    {
        long scored = _time.GetTimestamp();
        uint decodeUs = _time.MicrosecondsBetween(start, call.DecodedAt);
        call.Answer.Write(context, call.IsArray, decodeUs, _time.MicrosecondsBetween(start, scored));
        long end = _time.GetTimestamp();
        meters.Record(Stage.Decode, decodeUs);
        meters.Record(Stage.State, context.Timings.StateUs);
        meters.Record(Stage.Features, context.Timings.FeaturesUs);
        meters.Record(Stage.Model, context.Timings.ModelUs);
        meters.Record(Stage.Encode, _time.MicrosecondsBetween(scored, end));
        meters.Record(Stage.Total, _time.MicrosecondsBetween(start, end));
    }

    private Task RefuseAsync(HttpContext context, ErrorCode code, int status, string message)
    {
        _metrics.Unknown.Count(code);
        _logger.Refused(StatusMapping.Of(code).Name, message);
        return Problem.WriteAsync(context, code, status, message);
    }

    private sealed class Policy(int rowsMax) : PooledObjectPolicy<RestCall>
    {
        // A usual answer; a call that grew beyond is not kept.
        private const int KeptBytesMax = 1 << 20;

        public override RestCall Create() => new(rowsMax);

        public override bool Return(RestCall obj) => obj.Answer.Written.Length <= KeptBytesMax;
    }
}
