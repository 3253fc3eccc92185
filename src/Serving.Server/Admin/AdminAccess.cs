using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serving.Data;
using Serving.Server.Hosting;
using Serving.Server.Rest;
using Serving.Server.Telemetry;

namespace Serving.Server.Admin;

/// <summary>
/// Who calls, and whether he may: 401 and 403 are answered here, everything else goes on. Safe for use by several
/// threads.
/// </summary>
internal sealed class AdminAccess
{
    private const string Scheme = "Bearer ";

    // Longer than any token of ours; a header of 32 KB is not hashed.
    private const int TokenLengthMax = 256;

    private static readonly TimeSpan s_callMax = TimeSpan.FromMinutes(10);

    private readonly TokenStore _tokens;
    private readonly ServerOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly AdminJournal _journal;

    /// <summary>Makes the gate.</summary>
    public AdminAccess(TokenStore tokens, ServerOptions options, ServerMetrics metrics, AdminJournal journal)
    {
        _tokens = tokens;
        _options = options;
        _metrics = metrics;
        _journal = journal;
    }

    /// <summary>Makes an endpoint of a handler.</summary>
    /// <param name="role">What the caller must be.</param>
    /// <param name="handle">Answers the call.</param>
    public RequestDelegate Guard(AdminRole role, Func<AdminCall, Task> handle) => async context =>
    {
        context.Response.Headers.CacheControl = "no-store";
        (string? actor, AdminRole has) = Identify(context);
        if (actor is null)
        {
            _metrics.Reject("admin");
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem.WriteAsync(
                context, ErrorCode.Unauthenticated, "found no token or one that nobody has, expected one of "
                + "`token create` as 'Authorization: Bearer TOKEN'");
            return;
        }

        if (has < role)
        {
            _metrics.Reject("admin");
            string what = "found a token of role operate, expected one of role admin";
            _journal.NoteRefused(context, actor, ErrorCode.PermissionDenied, what);
            await Problem.WriteAsync(context, ErrorCode.PermissionDenied, what);
            return;
        }

        if (!TryIfMatch(context.Request, out long? generation))
        {
            await Problem.WriteAsync(
                context, ErrorCode.InvalidArgument, "found an If-Match that is no ETag of a table, expected \"12\"");
            return;
        }

        await LimitAsync(context, () => handle(new AdminCall(context, actor, generation)));
    };

    private static async Task LimitAsync(HttpContext context, Func<Task> handle)
    {
        CancellationToken caller = context.RequestAborted;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(caller);
        limit.CancelAfter(s_callMax);
        context.RequestAborted = limit.Token;
        try
        {
            await handle();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            context.RequestAborted = caller;
            await Problem.WriteAsync(context, ErrorCode.DeadlineExceeded, $"the call took more than {s_callMax}");
        }
        finally
        {
            context.RequestAborted = caller;
        }
    }

    private (string? Actor, AdminRole Role) Identify(HttpContext context)
    {
        string header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            bool isBearer = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                && header.Length <= TokenLengthMax;
            AdminToken? token = isBearer ? _tokens.Find(header[Scheme.Length..].Trim()) : null;
            return (token?.Name, token?.Role ?? AdminRole.Operate);
        }

        return _options.AdminAnonymous && IsLocal(context) ? ("anonymous", AdminRole.Admin) : (null, AdminRole.Operate);
    }

    // A page that a browser on this machine shows is no caller from this machine: it sends an Origin, and a name of its
    // own that was made to point here stands in Host.
    private static bool IsLocal(HttpContext context)
    {
        string host = context.Request.Host.Host;
        bool isNamedSo = host == "localhost"
            || (IPAddress.TryParse(host, out IPAddress? named) && IPAddress.IsLoopback(named));
        return context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
            && context.Connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
            && isNamedSo && !context.Request.Headers.ContainsKey(HeaderNames.Origin);
    }

    private static bool TryIfMatch(HttpRequest request, out long? generation)
    {
        generation = null;
        string text = request.Headers.IfMatch.ToString();
        if (text is "" or "*")
        {
            return true;
        }

        bool isQuoted = text.Length > 2 && text[0] == '"' && text[^1] == '"';
        bool isNumber = long.TryParse(
            isQuoted ? text[1..^1] : "", NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        generation = isNumber ? number : null;
        return isNumber;
    }
}
