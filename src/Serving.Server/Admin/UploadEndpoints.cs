using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Serving.Data;
using Serving.Server.Hosting;
using Serving.Server.Rest;

namespace Serving.Server.Admin;

/// <summary>
/// Uploads of bundles, piece by piece: each piece says where it begins, so that one that was lost is found and sent
/// again. Safe for use by several threads.
/// </summary>
internal sealed class UploadEndpoints(
    UploadStore uploads, UploadCommit commit, ServerOptions options, AdminJournal journal)
{
    private const string OffsetHeader = "Upload-Offset";

    /// <summary><c>GET /uploads</c>: those that are under way.</summary>
    public Task ListAsync(AdminCall call) => TableAnswer.SendAsync(call.Context, StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("uploads");
        foreach (Upload upload in uploads.All)
        {
            Write(writer, upload);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary><c>POST /uploads</c>.</summary>
    public async Task BeginAsync(AdminCall call)
    {
        if (await AdminBody.ReadAsync(call, journal, mayBeMissing: false) is not { } body)
        {
            return;
        }

        (long size, string sha256) = ReadFacts(body);
        if (body.IsWrong)
        {
            await body.RefuseAsync(call, journal);
            return;
        }

        if (size > options.UploadLimit)
        {
            await RefuseAsync(
                call, ErrorCode.ResourceExhausted, StatusCodes.Status413PayloadTooLarge,
                $"found {size} bytes, expected at most {options.UploadLimit} (upload-limit)");
            return;
        }

        await WritingAsync(call, async () =>
        {
            if (uploads.Begin(size, sha256) is not { } upload)
            {
                await RefuseAsync(
                    call, ErrorCode.ResourceExhausted, StatusCodes.Status429TooManyRequests,
                    $"{UploadStore.CountMax} uploads are under way; commit or delete some");
                return;
            }

            call.Context.Response.Headers.Location = $"{AdminRoutes.Prefix}/uploads/{upload.Id}";
            await SendAsync(call, StatusCodes.Status201Created, upload);
        });
    }

    /// <summary><c>GET /uploads/{id}</c>.</summary>
    public Task GetAsync(AdminCall call) =>
        Find(call) is { } upload ? SendAsync(call, StatusCodes.Status200OK, upload) : NoneAsync(call);

    /// <summary><c>PATCH /uploads/{id}</c>.</summary>
    public Task AppendAsync(AdminCall call) => TakenAsync(call, async upload =>
    {
        HttpContext context = call.Context;
        bool isNumber = long.TryParse(
            context.Request.Headers[OffsetHeader].ToString(), NumberStyles.None, CultureInfo.InvariantCulture,
            out long offset);
        if (!isNumber || context.Request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            await RefuseAsync(
                call, ErrorCode.InvalidArgument, StatusCodes.Status400BadRequest,
                $"found no {OffsetHeader} or a Content-Encoding, expected the offset and plain bytes");
            return;
        }

        if (offset != upload.Offset)
        {
            await WrongOffsetAsync(call, upload, $"found offset {offset}, expected {upload.Offset}");
            return;
        }

        if (context.Request.ContentLength > upload.Size - upload.Offset)
        {
            await WrongOffsetAsync(call, upload, $"found more bytes than the {upload.Size} of the whole");
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        long end = await uploads.AppendAsync(upload, context.Request.Body, context.RequestAborted);
        if (end > upload.Size)
        {
            await WrongOffsetAsync(
                call, uploads.Find(upload.Id)!, $"found more bytes than the {upload.Size} of the whole");
            return;
        }

        context.Response.Headers[OffsetHeader] = end.ToString(CultureInfo.InvariantCulture);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    });

    /// <summary><c>DELETE /uploads/{id}</c>.</summary>
    public Task RemoveAsync(AdminCall call) => TakenAsync(call, upload =>
    {
        uploads.Remove(upload.Id);
        call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    });

    /// <summary><c>POST /uploads/{id}:commit</c>.</summary>
    public Task CommitAsync(AdminCall call) => TakenAsync(call, upload => commit.InvokeAsync(call, upload));

    private static (long Size, string Sha256) ReadFacts(AdminBody body)
    {
        OptionProblems problems = body.Problems;
        IReadOnlyDictionary<string, OptionNode>? members =
            problems.Members(body.Root, "a JSON object", "size", "sha256");
        OptionNode missing = new("", "body") { Text = "nothing" };
        OptionNode size = members?.GetValueOrDefault("size") ?? missing with { Place = "member 'size'" };
        OptionNode hash = members?.GetValueOrDefault("sha256") ?? missing with { Place = "member 'sha256'" };
        bool isSize = long.TryParse(size.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes);
        if (!isSize || !size.IsNumber || bytes < 1)
        {
            problems.Add(size, "the bundle's bytes, a whole number from 1");
        }

        string sha256 = hash.IsNumber ? "" : (hash.Text ?? "").ToLowerInvariant();
        if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower))
        {
            problems.Add(hash, "SHA-256 of the bundle, 64 hex digits");
        }

        return (bytes, sha256);
    }

    private Upload? Find(AdminCall call) => uploads.Find(call.Context.GetRouteValue("id") as string ?? "");

    private async Task TakenAsync(AdminCall call, Func<Upload, Task> act)
    {
        string id = call.Context.GetRouteValue("id") as string ?? "";
        using IDisposable? taken = uploads.TryTake(id);
        if (Find(call) is not { } upload)
        {
            await NoneAsync(call);
        }
        else if (taken is null)
        {
            await WrongOffsetAsync(call, upload, "another call has this upload; ask for its offset");
        }
        else
        {
            await WritingAsync(call, () => act(upload));
        }
    }

    // A full or failing disk is nobody's fault here: what came is kept, and sending again may work.
    private static async Task WritingAsync(AdminCall call, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (IsOfTheDisk(exception, call.Context))
        {
            await Problem.WriteAsync(
                call.Context, ErrorCode.Unavailable, $"the disk cannot be written: {exception.GetType().Name}");
        }
    }

    private static bool IsOfTheDisk(Exception exception, HttpContext context) =>
        exception is UnauthorizedAccessException
        || (exception is IOException and not BadHttpRequestException
            && !context.RequestAborted.IsCancellationRequested);

    private static Task SendAsync(AdminCall call, int status, Upload upload)
    {
        call.Context.Response.Headers[OffsetHeader] = upload.Offset.ToString(CultureInfo.InvariantCulture);
        return TableAnswer.SendAsync(call.Context, status, writer => Write(writer, upload));
    }

    private static void Write(Utf8JsonWriter writer, Upload upload)
    {
        writer.WriteStartObject();
        writer.WriteString("id", upload.Id);
        writer.WriteNumber("offset", upload.Offset);
        writer.WriteNumber("size", upload.Size);
        writer.WriteString("sha256", upload.Sha256);
        writer.WriteEndObject();
    }

    private static Task NoneAsync(AdminCall call) =>
        Problem.WriteAsync(call.Context, ErrorCode.NotFound, "no such upload; one that is idle for 24 h goes");

    private static Task WrongOffsetAsync(AdminCall call, Upload upload, string what)
    {
        call.Context.Response.Headers[OffsetHeader] = upload.Offset.ToString(CultureInfo.InvariantCulture);
        return Problem.WriteAsync(
            call.Context, ErrorCode.Aborted, StatusCodes.Status409Conflict, what, [], ("offset", upload.Offset));
    }

    private Task RefuseAsync(AdminCall call, ErrorCode code, int status, string what)
    {
        journal.NoteRefused(call.Context, call.Actor, code, what);
        return Problem.WriteAsync(call.Context, code, status, what);
    }
}
