using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Server.Admin;
using Serving.Server.Hosting;

namespace Serving.Server.Rest;

/// <summary>The paths of REST and health.</summary>
internal static class RestRoutes
{
    private static readonly byte[] s_alive = Encoding.UTF8.GetBytes("""{"status":"alive"}""");

    /// <summary>Maps them all.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        IServiceProvider services = routes.ServiceProvider;
        ScoreEndpoint score = services.GetRequiredService<ScoreEndpoint>();
        TensorEndpoint tensors = services.GetRequiredService<TensorEndpoint>();
        IngestEndpoint ingest = services.GetRequiredService<IngestEndpoint>();
        ModelEndpoints models = services.GetRequiredService<ModelEndpoints>();
        Readiness readiness = services.GetRequiredService<Readiness>();

        routes.MapGet("/", static (HttpContext context) => SendAliveAsync(context))
            .WithMetadata(EveryPort.Instance)
            .WithSummary("Says that the server is there.");

        // A name with a slash reaches the endpoint whole, which refuses it, instead of another path.
        routes.MapPost(
            "/v1/score/{**model}", (HttpContext context, string? model) => score.InvokeAsync(context, model ?? ""))
            .WithSummary("Scores one object of fields, or an array of them.");
        routes.MapPost(
            "/v1/tensors/{**model}", (HttpContext context, string? model) => tensors.InvokeAsync(context, model ?? ""))
            .WithSummary("Calls a tensor model that is served raw: named tensors in, named tensors out.");
        routes.MapPost(
            "/v1/events/{set}/{event}",
            (HttpContext context, string set, string @event) => ingest.InvokeAsync(context, set, @event))
            .WithSummary("Takes one event that is no request, as an object of fields, or an array of them.");
        routes.MapGet("/v1/models", (HttpContext context) => models.ListAsync(context))
            .WithSummary("Lists models and the states of their versions.");
        routes.MapGet(
            "/v1/models/{model}/schema", (HttpContext context, string model) => models.SchemaAsync(context, model))
            .WithSummary("The fields of a model's requests as JSON Schema.");
        DriftEndpoint.Map(routes);
        foreach (string path in (string[])["/livez", "/healthz"])
        {
            routes.MapGet(path, static (HttpContext context) => context.Response.WriteAsync("ok\n"))
                .WithMetadata(AdminPort.Also)
                .WithSummary("Says that the process lives.");
        }

        routes.MapGet("/readyz", (HttpContext context) => SendReadyAsync(context, readiness))
            .WithMetadata(AdminPort.Also)
            .WithSummary("Says whether requests are to be sent here.");
    }

    private static async Task SendAliveAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = s_alive.Length;
        await context.Response.Body.WriteAsync(s_alive, context.RequestAborted);
    }

    private static Task SendReadyAsync(HttpContext context, Readiness readiness)
    {
        string reason = readiness.WhyNot;
        context.Response.StatusCode = reason.Length == 0 ? 200 : 503;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(reason.Length == 0 ? "ok\n" : reason + "\n");
    }
}
