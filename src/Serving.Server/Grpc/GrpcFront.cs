using System.Threading.RateLimiting;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Serving.Data;
using Serving.Server.Hosting;
using Serving.Server.Telemetry;

namespace Serving.Server.Grpc;

/// <summary>
/// What a gRPC request passes before the library sees it: an exact path, a readable timeout under the server's maximum,
/// readable binary metadata, a place among the concurrent requests. Safe for use by several threads.
/// </summary>
/// <remarks>
/// The normal path has no async method and no closure, so it allocates nothing per request beside the limiter's lease:
/// what must happen at the end is registered with the response.
/// </remarks>
internal sealed class GrpcFront
{
    // The library's own text for whatever it could not read and for every exception of a handler.
    private const string LibraryFault = "Exception was thrown by handler.";
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";
    private const string TimeoutHeader = "grpc-timeout";

    private readonly AdmissionGate _gate;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<GrpcFront> _logger;
    private readonly TimeProvider _time;
    private readonly ModelDeadlines _deadlines;
    private readonly TimeSpan _batchDeadline;
    private readonly StringValues _deadlineHeader;
    private readonly StringValues _batchDeadlineHeader;
    private readonly Func<object, Task> _onStarting;
    private readonly CancellationToken _stopping;

    /// <summary>Makes the front.</summary>
    public GrpcFront(
        AdmissionGate gate,
        ServerMetrics metrics,
        ServerOptions options,
        ModelDeadlines deadlines,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<GrpcFront> logger)
    {
        _stopping = lifetime.ApplicationStopping;
        _gate = gate;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _deadlines = deadlines;
        _batchDeadline = options.BatchDeadline;
        _deadlineHeader = GrpcTimeout.Format(deadlines.Longest);
        _batchDeadlineHeader = GrpcTimeout.Format(_batchDeadline);
        _onStarting = OnStarting;
    }

    /// <summary>Whether a request says that it is gRPC.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    /// <summary>Passes a request on, or answers it.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        GrpcMethodMetadata? method = context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>();
        if (method is null || !IsExactPath(context, method))
        {
            return AnswerAsync(
                context, ErrorCode.Unimplemented, "unknown method; names are case-sensitive", "unknown_method");
        }

        string? fault =
            CheckTimeout(context.Request.Headers, method.Method) ?? CheckBinaryMetadata(context.Request.Headers);
        if (fault is not null)
        {
            return AnswerAsync(context, ErrorCode.InvalidArgument, fault, "metadata");
        }

        // The library bounds each message, of which a stream may bring any number; Kestrel's limit is for whole bodies.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        context.Response.OnStarting(_onStarting, context);
        if (_deadlines.AreOwn)
        {
            context.Features.Set(new CallStart(_time.GetTimestamp()));
        }

        // The library takes the bound on a body's pace off streams alone. A unary call ends by its deadline: behind a
        // body that pauses, as on a busy machine, Kestrel would close the connection with all calls on it.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
        {
            pace.MinDataRate = null;
        }

        if (!IsLimited(method.Method))
        {
            EndWithServer(context, method.Method);
            return next(context);
        }

        RateLimitLease? lease = _gate.TryEnter();
        if (lease is null)
        {
            return EnterLateAsync(context, next);
        }

        context.Response.RegisterForDispose(lease);
        return next(context);
    }

    // Kestrel decodes and routing folds letter case: a method is bound to its name alone, as it stands in the request.
    private static bool IsExactPath(HttpContext context, GrpcMethodMetadata method) => string.Equals(
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        method.Method.FullName,
        StringComparison.Ordinal);

    private static bool IsLimited(IMethod method) =>
        method.Type == MethodType.Unary && !IsHealth(method);

    // A health Watch never ends by itself and would hold a stop back until the drain timeout.
    private void EndWithServer(HttpContext context, IMethod method)
    {
        if (method.Type == MethodType.ServerStreaming && IsHealth(method))
        {
            context.Response.RegisterForDispose(
                _stopping.Register(static state => ((HttpContext)state!).Abort(), context));
        }
    }

    private static bool IsHealth(IMethod method) =>
        method.ServiceName.StartsWith("grpc.health", StringComparison.Ordinal);

    private string? CheckTimeout(IHeaderDictionary headers, IMethod method)
    {
        bool isSingle = method.Name == "Score";
        TimeSpan maximum = isSingle ? _deadlines.Longest : _batchDeadline;
        StringValues header = headers[TimeoutHeader];
        bool isBounded = method.Type == MethodType.Unary;
        if (header.Count == 0)
        {
            if (isBounded)
            {
                headers[TimeoutHeader] = isSingle ? _deadlineHeader : _batchDeadlineHeader;
            }

            return null;
        }

        if (header.Count != 1 || !GrpcTimeout.TryParse(header[0], out TimeSpan timeout))
        {
            return "found a grpc-timeout that cannot be read, expected 1 to 8 digits, not all 0, and one of HMSmun";
        }

        if (isBounded && timeout > maximum)
        {
            headers[TimeoutHeader] = isSingle ? _deadlineHeader : _batchDeadlineHeader;
        }

        return null;
    }

    private static string? CheckBinaryMetadata(IHeaderDictionary headers)
    {
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            if (header.Key.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)
                && !BinaryMetadata.IsReadable(header.Value))
            {
                return $"found metadata '{header.Key}' that is not base64";
            }
        }

        return null;
    }

    private async Task EnterLateAsync(HttpContext context, RequestDelegate next)
    {
        RateLimitLease? lease = await _gate.TryEnterAsync(context.RequestAborted);
        if (lease is null)
        {
            await AnswerAsync(context, ErrorCode.ResourceExhausted, AdmissionGate.Refusal, reason: null);
            return;
        }

        context.Response.RegisterForDispose(lease);
        await next(context);
    }

    /// <summary>Answers with a status alone.</summary>
    private Task AnswerAsync(HttpContext context, ErrorCode code, string message, string? reason)
    {
        if (reason is not null)
        {
            _metrics.Reject(reason);
        }

        StatusMapping.Row row = StatusMapping.Of(code);
        _logger.Refused(row.Name, message);
        HttpResponse response = context.Response;
        response.ContentType = "application/grpc";
        response.Headers[StatusHeader] = ((int)row.Grpc).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers[MessageHeader] = Uri.EscapeDataString(message).Replace("%20", " ", StringComparison.Ordinal);
        if (code == ErrorCode.ResourceExhausted)
        {
            response.Headers["grpc-retry-pushback-ms"] =
                ((long)StatusMapping.RetryAfter.TotalMilliseconds).ToString(
                    System.Globalization.CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// What the library could not read, and an exception of ours, are INTERNAL with an id, never UNKNOWN.
    /// </summary>
    private Task OnStarting(object state)
    {
        var context = (HttpContext)state;
        IHeaderDictionary headers = context.Response.Headers;
        if (headers.TryGetValue(StatusHeader, out StringValues status) && status == "2")
        {
            string message = Uri.UnescapeDataString(headers[MessageHeader].ToString());
            if (message == LibraryFault)
            {
                headers[StatusHeader] = "13";
                headers[MessageHeader] = $"internal error, id {context.TraceIdentifier}";
                _logger.Fault(null, context.TraceIdentifier, context.Request.Path.Value ?? "");
            }
        }

        return Task.CompletedTask;
    }
}
