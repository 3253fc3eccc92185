using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Serving.Server.Telemetry;

/// <summary>
/// Runs a request under the W3C trace that its caller names, so that its log lines say so. Safe for use by several
/// threads; does nothing, and allocates nothing, for a request without a trace.
/// </summary>
/// <remarks>
/// The platform makes an activity and a log scope for every request as soon as anything can be logged, which nobody
/// reads while all is well. This stands in for it where no exporter wants traces.
/// </remarks>
internal static class CallerTrace
{
    private const string ActivityName = "serving.request";

    /// <summary>Passes a request on.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Request.Headers;
        if (headers.TraceParent.Count == 1
            && ActivityContext.TryParse(headers.TraceParent, headers.TraceState, out ActivityContext parent))
        {
            Begin(context, parent);
        }

        return next(context);
    }

    // No async method: the trace must hold until the answer's headers are out, and those of an answer without a body
    // are written, and told in the log where they are a fault, only after every middleware has returned.
    [SuppressMessage("Reliability", "CA2000", Justification = "The response disposes it.")]
    private static void Begin(HttpContext context, in ActivityContext parent)
    {
        var activity = new Activity(ActivityName);
        activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        activity.TraceStateString = parent.TraceState;
        context.Response.RegisterForDispose(activity);
        activity.Start();
    }
}
