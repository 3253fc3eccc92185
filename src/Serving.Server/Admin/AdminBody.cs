using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Serving.Data;
using Serving.Server.Hosting;
using Serving.Server.Rest;
using Serving.Server.Rows;

namespace Serving.Server.Admin;

/// <summary>
/// The JSON object of an admin call: strict, all problems collected. A body that names a place to read from is refused
/// whatever else it says, since the server takes nothing but bytes that were sent to it. Not safe for use by several
/// threads.
/// </summary>
internal sealed class AdminBody
{
    private const int BytesMax = 64 << 10;
    private const int DepthMax = 8;

    private static readonly string[] s_places =
    [
        "source", "sources", "url", "uri", "path", "file", "folder", "directory", "location", "bundle", "from",
    ];

    private readonly List<InputProblem> _problems = [];

    private AdminBody(OptionNode root) => Root = root;

    /// <summary>The object.</summary>
    public OptionNode Root { get; }

    /// <summary>Where problems are noted.</summary>
    public OptionProblems Problems => new(_problems);

    /// <summary>Whether anything is wrong.</summary>
    public bool IsWrong => _problems.Count > 0;

    /// <summary>What is wrong, for an answer.</summary>
    public IReadOnlyList<RequestProblem> Shown =>
    [
        .. _problems.Take(InputException.ProblemsShownMax).Select(problem => new RequestProblem(
            problem.Place,
            $"found {problem.Found}, expected {problem.Expected}"
                + (problem.Advice.Length == 0 ? "" : $"; {problem.Advice}"))),
    ];

    /// <summary>
    /// Reads a body; null after it was refused. Without one, where it may be missing, it is an object without members.
    /// </summary>
    public static async Task<AdminBody?> ReadAsync(AdminCall call, AdminJournal journal, bool mayBeMissing)
    {
        bool isMissing = call.Context.Request.ContentLength is null or 0
            && call.Context.Request.Headers.TransferEncoding.Count == 0;
        if (isMissing && mayBeMissing)
        {
            return new AdminBody(new OptionNode("", "body") { Members = [] });
        }

        using RequestBody bytes = await RequestBody.ReadJsonAsync(call.Context, BytesMax);
        (ErrorCode code, int status, string message) = (bytes.Code, bytes.Status, bytes.Message);
        AdminBody? body = null;
        if (status == 0)
        {
            (body, code, message) = Parse(bytes.Bytes.ToArray());
            status = StatusMapping.Of(code).Http;
        }

        if (code == ErrorCode.None)
        {
            return body;
        }

        journal.NoteRefused(call.Context, call.Actor, code, message);
        await Problem.WriteAsync(call.Context, code, status, message);
        return null;
    }

    /// <summary>Answers that the body is wrong.</summary>
    public Task RefuseAsync(AdminCall call, AdminJournal journal)
    {
        string detail = string.Join("; ", _problems.Take(InputException.ProblemsShownMax));
        journal.NoteRefused(call.Context, call.Actor, ErrorCode.InvalidArgument, detail);
        return Problem.WriteAsync(
            call.Context, ErrorCode.InvalidArgument, StatusMapping.Of(ErrorCode.InvalidArgument).Http, detail, Shown,
            null);
    }

    /// <summary>The object that some bytes are; null with the reason where they are none.</summary>
    internal static (AdminBody? Body, ErrorCode Code, string Message) Parse(byte[] bytes)
    {
        var options = new JsonDocumentOptions { MaxDepth = DepthMax, AllowDuplicateProperties = false };
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes, options);
            string? place = PlaceNamed(document.RootElement);
            return place is not null
                ? (null, ErrorCode.PermissionDenied,
                    $"found '{place}', which names a place to read from: bundles are uploaded, nothing is fetched")
                : document.RootElement.ValueKind != JsonValueKind.Object
                    ? (null, ErrorCode.InvalidArgument, "found another value, expected a JSON object")
                    : (new AdminBody(NodeOf("", document.RootElement)), ErrorCode.None, "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair is found when its text is asked for.
            return (null, ErrorCode.InvalidArgument, $"the body is no JSON as RFC 8259 has it: {exception.Message}");
        }
    }

    // No text that an act takes has a slash.
    private static string? PlaceNamed(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Select(member => s_places.Contains(member.Name.ToLowerInvariant())
                ? member.Name
                : PlaceNamed(member.Value) is null ? null : member.Name)
            .FirstOrDefault(name => name is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(PlaceNamed).FirstOrDefault(name => name is not null),
        JsonValueKind.String => element.GetString()!.AsSpan().ContainsAny('/', '\\') ? "a path" : null,
        _ => null,
    };

    private static OptionNode NodeOf(string name, JsonElement element)
    {
        var node = new OptionNode(name, name.Length == 0 ? "body" : $"member '{name}'");
        return element.ValueKind switch
        {
            JsonValueKind.Object => node with
            {
                Members = [.. element.EnumerateObject().Select(member => (
                    member.Name, NodeOf(name.Length == 0 ? member.Name : $"{name}.{member.Name}", member.Value)))],
            },
            JsonValueKind.Array => node with
            {
                Items = [.. element.EnumerateArray().Select((item, index) => NodeOf($"{name}[{index}]", item))],
            },
            JsonValueKind.Number => node with
            {
                IsNumber = true,
                Text = element.TryGetDecimal(out decimal number)
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : element.GetRawText(),
            },
            JsonValueKind.String => node with { Text = element.GetString() },
            _ => node with { Text = element.GetRawText(), IsNull = element.ValueKind == JsonValueKind.Null },
        };
    }
}
