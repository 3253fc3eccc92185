using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>Keeps what a server logs as a fault, be it a line of its own or of the platform.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _faults = [];

    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>A server that logs faults, which this sink sees.</summary>
    public TestServer Observe(Func<ServerOptions, ServerOptions>? change = null) => new()
    {
        Change = options => (change ?? (same => same))(options) with { LogLevel = "Error" },
        AddServices = services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(this),
    };

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _faults);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(string category, ConcurrentQueue<string> faults) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                faults.Enqueue($"{category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
