using Serving.Server.Hosting;

namespace Serving.Cli.Tests.Running;

/// <summary>A server in this process on free loopback ports.</summary>
internal static class TestHost
{
    public static Task<ServerHost> StartAsync(string models) => ServerHost.StartAsync(
        new ServerOptions
        {
            Models = models,
            HttpPort = 0,
            GrpcPort = 0,
            WarmUp = TimeSpan.Zero,
            Deadline = TimeSpan.FromMinutes(2),
            BatchDeadline = TimeSpan.FromMinutes(2),
            DrainDelay = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromSeconds(5),
            LogLevel = "None",
        },
        TextWriter.Null);
}
