using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Ingest;
using Serving.Server.Hosting;
using Serving.Server.Rows;
using Serving.Server.Telemetry;

namespace Serving.Server.Rest;

/// <summary><c>POST /v1/events/{set}/{event}</c>. Safe for use by several threads.</summary>
internal sealed class IngestEndpoint
{
    private readonly InferenceEngine _engine;
    private readonly AdmissionGate _gate;
    private readonly IngestMetrics _metrics;
    private readonly ServerOptions _options;
    private readonly ILogger<IngestEndpoint> _logger;

    /// <summary>Makes the endpoint.</summary>
    public IngestEndpoint(
        InferenceEngine engine,
        AdmissionGate gate,
        IngestMetrics metrics,
        ServerOptions options,
        ILogger<IngestEndpoint> logger)
    {
        _engine = engine;
        _gate = gate;
        _metrics = metrics;
        _options = options;
        _logger = logger;
    }

    /// <summary>Answers a request with one object of counts, whatever the number of rows.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "It is null on the path that does not dispose it.")]
    public async Task InvokeAsync(HttpContext context, string set, string eventName)
    {
        if (context.Request.Query.Count > 0)
        {
            await RefuseAsync(
                context, ErrorCode.InvalidArgument, 400, "found a query, expected none: an event has no parameters");
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

        ErrorCode code = _engine.RentIngest(set, eventName, out IngestContext? events, out string why);
        if (code != ErrorCode.None)
        {
            await RefuseAsync(context, code, StatusMapping.Of(code).Http, why);
            return;
        }

        using (events)
        {
            await IngestAsync(context, events!, body);
        }
    }

    private async Task IngestAsync(HttpContext context, IngestContext events, RequestBody body)
    {
        var problems = new RequestProblems();
        new JsonRowReader(problems, _options.RowsMax).Read(body.Bytes, events.Schema, events.Rows, out _);
        if (problems.Count > 0)
        {
            await RefuseAsync(context, ErrorCode.InvalidArgument, 400, problems.ToString(), problems);
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        deadline.CancelAfter(_options.BatchDeadline);
        ErrorCode code = await RunAsync(events, deadline.Token, context.RequestAborted);
        if (code != ErrorCode.None)
        {
            string message = code == ErrorCode.DeadlineExceeded
                ? "the server's deadline passed before the store confirmed the events; sending them again is harmless"
                : events.ErrorMessage;
            await RefuseAsync(context, code, StatusMapping.Of(code).Http, message);
            return;
        }

        _metrics.CountCall(code);
        _metrics.CountRows(events);
        byte[] answer = AnswerOf(events);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private async ValueTask<ErrorCode> RunAsync(
        IngestContext events, CancellationToken deadline, CancellationToken aborted)
    {
        try
        {
            return await _engine.IngestAsync(events, deadline);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return ErrorCode.DeadlineExceeded;
        }
    }

    private static byte[] AnswerOf(IngestContext events)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("accepted"u8, events.Accepted);
            json.WriteNumber("duplicate"u8, events.Duplicate);
            json.WriteNumber("late"u8, events.Late);
            json.WriteNumber("future"u8, events.Future);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private Task RefuseAsync(
        HttpContext context, ErrorCode code, int status, string message, RequestProblems? problems = null)
    {
        _metrics.CountCall(code);
        _logger.Refused(StatusMapping.Of(code).Name, message);
        return Problem.WriteAsync(context, code, status, message, problems);
    }
}
