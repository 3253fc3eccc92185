using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serving.Data;
using Serving.Engine.Routing;
using Serving.Server.Hosting;

namespace Serving.Server.Admin;

/// <summary>
/// Notes in the audit what was refused before it reached the engine. What cannot be noted is refused all the same. Safe
/// for use by several threads.
/// </summary>
internal sealed class AdminJournal(ServerControl control, TimeProvider time)
{
    // An answer's text may hold every problem of a bundle.
    private const int ResultLengthMax = 2_000;

    /// <summary>Notes a refused act; reading is no act.</summary>
    public void NoteRefused(HttpContext context, string actor, ErrorCode code, string what)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            string action = context.GetEndpoint()?.Metadata.GetMetadata<AdminAction>()?.Name ?? "call";
            string model = context.GetRouteValue("model") as string ?? "";
            Note(actor, action, model, context.TraceIdentifier, $"{code}: {what}");
        }
    }

    private void Note(string actor, string action, string model, string request, string result)
    {
        string shortened = result.Length > ResultLengthMax ? result[..ResultLengthMax] + "..." : result;
        try
        {
            control.Folder.Write(
                new ControlLine(time.GetUtcNow(), actor, action, model, request, null, shortened));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder's own problem is told by whoever acts.
        }
    }
}
