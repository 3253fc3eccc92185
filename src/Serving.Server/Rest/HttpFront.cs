using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Serving.Data;
using Serving.Server.Admin;
using Serving.Server.Telemetry;

namespace Serving.Server.Rest;

/// <summary>
/// What an HTTP/1.1 request passes before any endpoint: two lengths, an unknown transfer coding and a path that hides
/// another are refused, where Kestrel alone is lenient. Turns what endpoints throw into problems. Safe for use by
/// several threads.
/// </summary>
internal sealed class HttpFront
{
    // Where Kestrel puts the Content-Length that it found beside a Transfer-Encoding.
    private const string HiddenLength = "X-Content-Length";

    private readonly ServerMetrics _metrics;
    private readonly ILogger<HttpFront> _logger;

    /// <summary>Makes the front.</summary>
    public HttpFront(ServerMetrics metrics, ILogger<HttpFront> logger)
    {
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Passes a request on, or answers it.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        (int status, string message) = Check(context);
        if (status != 0)
        {
            await RefuseAsync(context, status, message);
            return;
        }

        if (!AdminPort.Offers(context))
        {
            await Problem.WriteAsync(context, ErrorCode.NotFound, "no such path on this port");
            return;
        }

        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception)
        {
            // Kestrel's own limits on bodies: too long, too slow, broken chunks.
            await RefuseAsync(context, exception.StatusCode, exception.Message);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            _logger.Fault(exception, context.TraceIdentifier, context.Request.Path.Value ?? "");
            await Problem.WriteAsync(context, ErrorCode.Internal, "internal error; report its id");
            return;
        }

        await DescribeEmptyAsync(context);
    }

    private static (int Status, string Message) Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsTrace(request.Method) || HttpMethods.IsConnect(request.Method))
        {
            return (405, "found a method that is not offered");
        }

        StringValues coding = request.Headers.TransferEncoding;
        if (coding.Count > 0)
        {
            if (request.Headers.ContentLength is not null || request.Headers.ContainsKey(HiddenLength))
            {
                return (400, "found Content-Length and Transfer-Encoding together");
            }

            if (coding.Count != 1 || !string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase))
            {
                return (501, "found a Transfer-Encoding that is not offered, expected chunked");
            }
        }

        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return RawPath.IsPlain(target) ? (0, "") : (400, "found a path with hidden segments or separators");
    }

    /// <summary>What routing answers without a body (404, 405, 415) gets one.</summary>
    private static Task DescribeEmptyAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted || response.StatusCode < 400
            || response.ContentLength > 0 || response.ContentType is not null)
        {
            return Task.CompletedTask;
        }

        ErrorCode code = response.StatusCode == 404 ? ErrorCode.NotFound : ErrorCode.InvalidArgument;
        string detail = response.StatusCode switch
        {
            404 => "no such path; /openapi/v1.json lists them",
            405 => "the path has no such method",
            _ => "the request is refused",
        };
        return Problem.WriteAsync(context, code, response.StatusCode, detail);
    }

    private Task RefuseAsync(HttpContext context, int status, string message)
    {
        _metrics.Reject("http");
        _logger.Refused("HTTP", message);
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.Connection = "close";
        }

        ErrorCode code = status switch
        {
            413 => ErrorCode.ResourceExhausted,
            501 => ErrorCode.Unimplemented,
            _ => ErrorCode.InvalidArgument,
        };
        return Problem.WriteAsync(context, code, status, message);
    }
}
