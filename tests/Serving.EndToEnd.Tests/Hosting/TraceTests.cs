using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>A caller's W3C trace is the trace of the lines that its request logs.</summary>
public sealed class TraceTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task Request_WithTraceparent_LogsUnderItsTrace()
    {
        var lines = new LineCollector();
        await using var server = new TestServer
        {
            Change = options => options with { LogLevel = "Debug" },
            AddServices = services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(lines),
        };
        await server.InitializeAsync();

        await RawGrpc.SendAsync(
            server.Host.GrpcAddress,
            [],
            headers: [("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"), ("grpc-timeout", "0m")]);

        Assert.Contains(lines.Lines, line => line.Text.Contains("grpc-timeout") && line.Scopes.Contains(TraceId));
    }

    // The default level, at which the platform's own activity of each request is off.
    [Theory]
    [InlineData("Warning")]
    [InlineData("Debug")]
    public async Task Fault_WithTraceparent_IsLoggedUnderItsTrace(string level)
    {
        var lines = new LineCollector();
        await using var server = new TestServer
        {
            Change = options => options with { LogLevel = level },
            AddServices = services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(lines),
        };
        await server.InitializeAsync();

        await RawGrpc.SendAsync(
            server.Host.GrpcAddress,
            RawGrpc.Frame([], flag: 7),
            headers: ("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"));
        await RawGrpc.SendAsync(server.Host.GrpcAddress, RawGrpc.Frame([], flag: 7));

        // The scopes of the second are its own: no trace is left behind by the first.
        string[] faults =
            [.. lines.Lines.Where(line => line.Text.StartsWith("error ", StringComparison.Ordinal))
                .Select(line => line.Scopes)];
        Assert.Equal(2, faults.Length);
        Assert.Contains(TraceId, faults[0], StringComparison.Ordinal);
        Assert.DoesNotContain(TraceId, faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithTraceparent_IsExportedUnderItsTrace()
    {
        var bodies = new ConcurrentQueue<(string Path, byte[] Body)>();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            bodies.Enqueue((context.Request.Path, body.ToArray()));
        });
        await collector.StartAsync();
        var server = new TestServer
        {
            Change = options => options with { OtlpEndpoint = new Uri(collector.Urls.Single()) },
        };
        await server.InitializeAsync();

        await RawGrpc.SendAsync(
            server.Host.GrpcAddress, [], headers: ("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"));
        await server.DisposeAsync();

        Assert.Contains(bodies, sent => sent.Path == "/v1/traces"
            && sent.Body.AsSpan().IndexOf(Convert.FromHexString(TraceId)) >= 0);
    }

    private sealed class LineCollector : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider? _scopes;

        public ConcurrentQueue<(string Text, string Scopes)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
                string> formatter)
        {
            var scopes = new List<string>();
            _scopes?.ForEachScope((scope, list) => list.Add($"{scope}"), scopes);
            Lines.Enqueue((formatter(state, exception), string.Join(' ', scopes)));
        }

        public void Dispose()
        {
        }
    }
}
