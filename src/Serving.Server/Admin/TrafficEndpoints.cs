using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Bundles;
using Serving.Engine.Routing;
using Serving.Server.Hosting;
using Serving.Server.Rest;

namespace Serving.Server.Admin;

/// <summary>Tables of models and the acts on them. Safe for use by several threads.</summary>
internal sealed class TrafficEndpoints(InferenceEngine engine, ServerOptions options, AdminJournal journal)
{
    private TrafficControl Traffic => engine.Traffic;

    /// <summary><c>GET /models</c>.</summary>
    public Task ListAsync(AdminCall call) => TableAnswer.SendAllAsync(call.Context, Traffic.All);

    /// <summary><c>GET /models/{model}</c>.</summary>
    public Task GetAsync(AdminCall call)
    {
        string model = ModelOf(call);
        return Traffic.Of(model) is { } traffic
            ? TableAnswer.SendAsync(call.Context, StatusCodes.Status200OK, traffic)
            : Problem.WriteAsync(call.Context, ErrorCode.NotFound, $"no model '{Shown(model)}'");
    }

    /// <summary><c>GET /models/{model}/shadow</c>.</summary>
    public Task ShadowAsync(AdminCall call)
    {
        string model = ModelOf(call);
        ImmutableArray<ShadowComparison> shadows = Traffic.ShadowsOf(model);
        return shadows.IsEmpty
            ? Problem.WriteAsync(call.Context, ErrorCode.NotFound, $"no model '{Shown(model)}' with a Ready shadow")
            : TableAnswer.SendAsync(
                call.Context, StatusCodes.Status200OK, writer => ShadowAnswer.Write(writer, shadows));
    }

    /// <summary><c>PUT /models/{model}/traffic</c>.</summary>
    public Task SplitAsync(AdminCall call) => ActAsync(
        call, StatusCodes.Status200OK, mayBeMissing: false, ActBodies.Traffic,
        (model, request, origin) => Traffic.SetTraffic(model, request, origin));

    /// <summary><c>POST /models/{model}:publish</c>.</summary>
    public Task PublishAsync(AdminCall call) => ActAsync(
        call, StatusCodes.Status202Accepted, mayBeMissing: false, ActBodies.Publish,
        (model, request, origin) => Traffic.Publish(model, request, origin));

    /// <summary><c>POST /models/{model}:promote</c>.</summary>
    public Task PromoteAsync(AdminCall call) => ActAsync(
        call, StatusCodes.Status200OK, mayBeMissing: true, body => ActBodies.OneVersion(body, "version"),
        (model, version, origin) => Traffic.Promote(model, version, origin));

    /// <summary><c>POST /models/{model}:rollback</c>.</summary>
    public Task RollBackAsync(AdminCall call) => ActAsync(
        call, StatusCodes.Status200OK, mayBeMissing: true, body => ActBodies.OneVersion(body, "to"),
        (model, version, origin) => Traffic.Rollback(model, version, origin));

    /// <summary><c>POST /models/{model}/versions/{version}:load</c>.</summary>
    public Task LoadAsync(AdminCall call) => ActOnVersionAsync(call, Traffic.Load);

    /// <summary><c>POST /models/{model}/versions/{version}:unload</c>.</summary>
    public Task UnloadAsync(AdminCall call) => ActOnVersionAsync(call, Traffic.Unload);

    /// <summary><c>DELETE /models/{model}/versions/{version}</c>: retires it and removes its bundle.</summary>
    public Task DeleteAsync(AdminCall call) => ActOnVersionAsync(call, (model, version, origin) =>
    {
        ActResult result = Traffic.Delete(model, version, origin);
        if (result.Code != ErrorCode.None)
        {
            return result;
        }

        try
        {
            BundleRemoval.Remove(options.Models, model, version);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return result with
            {
                Code = ErrorCode.FailedPrecondition,
                Message = $"version {version} is retired, but its bundle cannot be removed: {exception.GetType().Name}",
            };
        }

        engine.Poll();
        return result with { Table = Traffic.Of(model) ?? result.Table };
    });

    private async Task ActAsync<T>(
        AdminCall call, int status, bool mayBeMissing, Func<AdminBody, T> read,
        Func<string, T, ActOrigin, ActResult> act)
    {
        if (await AdminBody.ReadAsync(call, journal, mayBeMissing) is not { } body)
        {
            return;
        }

        T request = read(body);
        if (body.IsWrong)
        {
            await body.RefuseAsync(call, journal);
            return;
        }

        // An act waits for the disk.
        string model = ModelOf(call);
        ActResult result = await Task.Run(() => act(model, request, call.Origin));
        await TableAnswer.SendAsync(call.Context, status, result);
    }

    private async Task ActOnVersionAsync(AdminCall call, Func<string, long, ActOrigin, ActResult> act)
    {
        if (await AdminBody.ReadAsync(call, journal, mayBeMissing: true) is not { } body)
        {
            return;
        }

        string model = ModelOf(call);
        string text = call.Context.GetRouteValue("version") as string ?? "";
        long version = BundleNames.VersionOf(text);
        if (version == 0 || body.Root.Members!.Value.Length > 0)
        {
            string what = version == 0 ? $"'{Shown(text)}' is no version; versions are 1, 2, 3 ..."
                : "found members, expected none";
            journal.NoteRefused(call.Context, call.Actor, ErrorCode.InvalidArgument, what);
            await Problem.WriteAsync(call.Context, ErrorCode.InvalidArgument, what);
            return;
        }

        ActResult result = await Task.Run(() => act(model, version, call.Origin));
        await TableAnswer.SendAsync(call.Context, StatusCodes.Status202Accepted, result);
    }

    private static string ModelOf(AdminCall call) => call.Context.GetRouteValue("model") as string ?? "";

    private static string Shown(string text) => text.Length > 128 ? text[..128] + "..." : text;
}
