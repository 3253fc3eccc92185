using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serving.Data;
using Serving.Server.Hosting;
using Serving.Server.Rest;

namespace Serving.Server.Admin;

/// <summary><c>GET /audit?after=SEQ&amp;limit=N</c>: the audit's lines as they stand. Safe for use by several threads.
/// </summary>
internal sealed class AuditEndpoint(ServerControl control)
{
    private const int LimitDefault = 1_000;
    private const int LimitMax = 10_000;

    /// <summary>Answers JSON lines.</summary>
    public async Task InvokeAsync(AdminCall call)
    {
        HttpContext context = call.Context;
        bool isRight = TryNumber(context, "after", 0, long.MaxValue, out long after)
            & TryNumber(context, "limit", LimitDefault, LimitMax, out long limit);
        if (!isRight || limit == 0)
        {
            await Problem.WriteAsync(
                context, ErrorCode.InvalidArgument,
                $"found an after or limit that is none, expected whole numbers, limit 1 to {LimitMax}");
            return;
        }

        context.Response.ContentType = "application/x-ndjson";
        foreach (ReadOnlyMemory<byte> line in control.Folder.LinesAfter(after, (int)limit))
        {
            await context.Response.Body.WriteAsync(line, context.RequestAborted);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
        }
    }

    private static bool TryNumber(HttpContext context, string name, long missing, long most, out long value)
    {
        string text = context.Request.Query[name].ToString();
        value = missing;
        return text.Length == 0
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most);
    }
}
