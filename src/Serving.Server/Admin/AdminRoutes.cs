using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Server.Rest;

namespace Serving.Server.Admin;

/// <summary>The paths of the admin API.</summary>
internal static class AdminRoutes
{
    /// <summary>Begins every path.</summary>
    public const string Prefix = "/admin/v1";

    /// <summary>Adds what the paths need.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton(provider => new TokenStore(
            provider.GetRequiredService<Hosting.ServerOptions>().ControlFolder,
            provider.GetRequiredService<Microsoft.Extensions.Logging.ILogger<TokenStore>>()));
        services.AddSingleton<AdminJournal>();
        services.AddSingleton<AdminAccess>();
        services.AddSingleton<TrafficEndpoints>();
        services.AddSingleton<AuditEndpoint>();
        services.AddSingleton<UploadStore>();
        services.AddSingleton<UploadCommit>();
        services.AddSingleton<UploadEndpoints>();
        services.AddHostedService<UploadExpiry>();
    }

    /// <summary>Maps them all.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        IServiceProvider services = routes.ServiceProvider;
        TrafficEndpoints traffic = services.GetRequiredService<TrafficEndpoints>();
        UploadEndpoints uploads = services.GetRequiredService<UploadEndpoints>();
        AuditEndpoint audit = services.GetRequiredService<AuditEndpoint>();

        Add(routes, "GET", "/models", AdminRole.Operate, "models", traffic.ListAsync);
        Add(routes, "GET", "/models/{model}", AdminRole.Operate, "models", traffic.GetAsync);
        Add(routes, "PUT", "/models/{model}/traffic", AdminRole.Operate, "traffic", traffic.SplitAsync);
        Add(routes, "POST", "/models/{model}:publish", AdminRole.Operate, "publish", traffic.PublishAsync);
        Add(routes, "POST", "/models/{model}:promote", AdminRole.Operate, "promote", traffic.PromoteAsync);
        Add(routes, "POST", "/models/{model}:rollback", AdminRole.Operate, "rollback", traffic.RollBackAsync);
        Add(routes, "POST", "/models/{model}/versions/{version}:load", AdminRole.Operate, "load", traffic.LoadAsync);
        Add(
            routes, "POST", "/models/{model}/versions/{version}:unload", AdminRole.Operate, "unload",
            traffic.UnloadAsync);
        Add(routes, "DELETE", "/models/{model}/versions/{version}", AdminRole.Admin, "delete", traffic.DeleteAsync);

        DriftEndpoint drift = services.GetRequiredService<DriftEndpoint>();
        Add(routes, "GET", "/models/{model}/drift", AdminRole.Operate, "drift", drift.InvokeAsync);

        Add(routes, "GET", "/models/{model}/shadow", AdminRole.Operate, "shadow", traffic.ShadowAsync);
        Add(routes, "GET", "/uploads", AdminRole.Operate, "uploads", uploads.ListAsync);
        Add(routes, "POST", "/uploads", AdminRole.Operate, "upload", uploads.BeginAsync);
        Add(routes, "GET", "/uploads/{id}", AdminRole.Operate, "uploads", uploads.GetAsync);
        Add(routes, "PATCH", "/uploads/{id}", AdminRole.Operate, "upload", uploads.AppendAsync);
        Add(routes, "DELETE", "/uploads/{id}", AdminRole.Operate, "upload", uploads.RemoveAsync);
        Add(routes, "POST", "/uploads/{id}:commit", AdminRole.Operate, "commit", uploads.CommitAsync);
        Add(routes, "GET", "/audit", AdminRole.Admin, "audit", audit.InvokeAsync);
    }

    private static void Add(
        IEndpointRouteBuilder routes, string method, string path, AdminRole role, string action,
        Func<AdminCall, Task> handle)
    {
        AdminAccess access = routes.ServiceProvider.GetRequiredService<AdminAccess>();
        routes.MapMethods(Prefix + path, [method], access.Guard(role, handle))
            .WithMetadata(AdminPort.Only, new AdminAction(action))
            .ExcludeFromDescription();
    }
}
