using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Serving.Server.Hosting;

/// <summary>What a test adds to a server: it runs behind the same middleware, limits and compression.</summary>
/// <param name="Services">Adds services.</param>
/// <param name="Routes">Adds endpoints.</param>
internal sealed record HostExtension(Action<IServiceCollection> Services, Action<IEndpointRouteBuilder> Routes)
{
    /// <summary>The server's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Nothing.</summary>
    public static HostExtension None { get; } = new(static _ => { }, static _ => { });
}
