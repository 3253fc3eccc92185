using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serving.Engine;

namespace Serving.Server.Hosting;

/// <summary>What a test adds to a server: it runs behind the same middleware, limits and compression.</summary>
/// <param name="Services">Adds services.</param>
/// <param name="Routes">Adds endpoints.</param>
internal sealed record HostExtension(Action<IServiceCollection> Services, Action<IEndpointRouteBuilder> Routes)
{
    /// <summary>The server's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes the engine; null for the server's own.</summary>
    public Func<EngineOptions, TimeProvider, InferenceEngine>? Engine { get; init; }

    /// <summary>Nothing.</summary>
    public static HostExtension None { get; } = new(static _ => { }, static _ => { });
}
