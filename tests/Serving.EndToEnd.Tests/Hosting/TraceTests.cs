using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
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
            AddServices = services => services.AddSingleton<ILoggerProvider>(lines),
        };
        await server.InitializeAsync();

        await RawGrpc.SendAsync(
            server.Host.GrpcAddress,
            [],
            headers: [("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"), ("grpc-timeout", "0m")]);

        Assert.Contains(lines.Lines, line => line.Text.Contains("grpc-timeout") && line.Scopes.Contains(TraceId));
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
