using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Data;
using Serving.Server.Rows;

namespace Serving.Server.Rest;

/// <summary>Errors of REST: problem+json (RFC 9457) with the status' name as <c>code</c> and an id to report.</summary>
internal static class Problem
{
    /// <summary>Media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>Answers an error by the one table.</summary>
    public static Task WriteAsync(
        HttpContext context, ErrorCode code, string detail, RequestProblems? problems = null) =>
        WriteAsync(context, code, StatusMapping.Of(code).Http, detail, problems);

    /// <summary>Answers an error whose HTTP status says more than the table's.</summary>
    public static Task WriteAsync(
        HttpContext context, ErrorCode code, int status, string detail, RequestProblems? problems = null) =>
        WriteAsync(context, code, status, detail, problems?.Shown ?? [], null);

    /// <summary>Answers an error with all that is known of it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="code">What went wrong.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="detail">For people.</param>
    /// <param name="problems">What is wrong with the body.</param>
    /// <param name="member">A member beside the others: what the caller has to know to go on.</param>
    public static async Task WriteAsync(
        HttpContext context, ErrorCode code, int status, string detail, IReadOnlyList<RequestProblem> problems,
        (string Name, long Value)? member)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted)
        {
            return;
        }

        response.StatusCode = status;
        response.ContentType = MediaType;
        if (code is ErrorCode.ResourceExhausted or ErrorCode.Unavailable && status is 429 or 503)
        {
            response.Headers.RetryAfter =
                ((int)StatusMapping.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        ReadOnlyMemory<byte> body = Compose(context, code, status, detail, problems, member);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static ReadOnlyMemory<byte> Compose(
        HttpContext context, ErrorCode code, int status, string detail, IReadOnlyList<RequestProblem> problems,
        (string Name, long Value)? member)
    {
        StatusMapping.Row row = StatusMapping.Of(code);
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("type", "about:blank");
        writer.WriteString("title", row.Title);
        writer.WriteNumber("status", status);
        writer.WriteString("detail", detail);
        writer.WriteString("code", row.Name);
        writer.WriteString("error_id", context.TraceIdentifier);
        if (member is { } known)
        {
            writer.WriteNumber(known.Name, known.Value);
        }

        if (problems.Count > 0)
        {
            writer.WriteStartArray("problems");
            foreach (RequestProblem problem in problems)
            {
                writer.WriteStartObject();
                writer.WriteString("place", problem.Place);
                writer.WriteString("what", problem.What);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
