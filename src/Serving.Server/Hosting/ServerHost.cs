using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Versions;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// A running server: gRPC on one port, REST, health and metrics on another. <c>serve</c> starts one; tests start many
/// in a process. Safe for use by several threads.
/// </summary>
public sealed class ServerHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ServerHost> _logger;
    private readonly Lock _stopLock = new();
    private Task? _stop;

    private readonly ServerState _state;

    private readonly ServerControl _control;

    private ServerHost(
        WebApplication app, InferenceEngine engine, ServerState state, ServerControl control, ServerOptions options,
        TimeProvider time)
    {
        _app = app;
        _state = state;
        _control = control;
        _options = options;
        _time = time;
        Engine = engine;
        _logger = app.Services.GetRequiredService<ILogger<ServerHost>>();
    }

    /// <summary>The engine that the server shows.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>Where gRPC listens.</summary>
    public Uri GrpcAddress { get; private set; } = null!;

    /// <summary>Where REST, health and metrics listen.</summary>
    public Uri HttpAddress { get; private set; } = null!;

    /// <summary>Where the admin API listens.</summary>
    public Uri AdminAddress { get; private set; } = null!;

    /// <summary>
    /// Starts a server: listens, waits until every version found is Ready or Failed, warms its own wire up, and then
    /// says ready. Prints <c>listening grpc URL</c>, the same for <c>http</c> and <c>admin</c>, then
    /// <c>ready models=N</c>.
    /// </summary>
    /// <param name="options">What it is told.</param>
    /// <param name="output">Receives the lines.</param>
    /// <param name="cancellation">Ends the start; the server is stopped then.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    public static Task<ServerHost> StartAsync(
        ServerOptions options, TextWriter output, CancellationToken cancellation = default) =>
        StartAsync(options, output, HostExtension.None, cancellation);

    /// <summary>Starts a server with services of a test beside its own.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The host owns the engine.")]
    internal static async Task<ServerHost> StartAsync(
        ServerOptions options, TextWriter output, HostExtension extension, CancellationToken cancellation = default)
    {
        TimeProvider time = extension.Time;
        ServerState state = await ServerState.OpenAsync(options, time);
        var control = new ServerControl(options);
        var telemetry = new TensorTelemetry();
        EngineOptions engineOptions = EngineOptionsOf(options, state, control) with
        {
            Hosting = TensorHosting.Of(options, telemetry, time),
        };
        InferenceEngine engine = (extension.Engine ?? MakeEngine)(engineOptions, time);
        ServerHost? host = null;
        try
        {
            WebApplication app = HostBuilding.Build(options, engine, state, control, time, extension);
            host = new ServerHost(app, engine, state, control, options, time);
            telemetry.Attach(
                app.Services.GetRequiredService<ServerMetrics>(),
                app.Services.GetRequiredService<ILogger<TensorTelemetry>>());
            await host.StartCoreAsync(output, cancellation);
            return host;
        }
        catch
        {
            // A host that was made owns the state and the control folder.
            if (host is null)
            {
                control.Dispose();
            }

            IAsyncDisposable made = host is null ? state : host;
            await made.DisposeAsync();
            throw;
        }
    }

    private static InferenceEngine MakeEngine(EngineOptions options, TimeProvider time) => new(options, time);

    private static EngineOptions EngineOptionsOf(
        ServerOptions options, ServerState state, ServerControl control) => new()
    {
        ModelsFolder = options.Models,
        Runtimes = options.Runtimes,
        RowsMax = options.RowsMax,
        WatchesDrift = options.Drift,
        Store = state.Store,
        Recorder = state.Recorder,
        Log = state.Log,
        Journal = control.Folder,
        Traffic = options.Traffic,
        ModelTraffic = options.ModelTraffic,
        KeepPrevious = options.KeepPrevious,
        LoadsNamedOnly = options.LoadsNamedOnly,
        MemoryLimitBytes = options.MemoryLimit.InBytes(),
        LoadBandwidth = options.LoadBandwidth,
    };

    /// <summary>
    /// Stops without losing a request: says not ready, still takes requests for the drain delay, then takes no new
    /// ones and ends those under way. Twice is once.
    /// </summary>
    public Task StopAsync()
    {
        lock (_stopLock)
        {
            return _stop ??= StopCoreAsync();
        }
    }

    /// <summary>Serves until the token is cancelled, then stops.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellation.Register(stopped.SetResult))
        {
            await stopped.Task;
        }

        await StopAsync();
    }

    /// <summary>
    /// Stops, without the drain delay where <see cref="StopAsync"/> was not called, and gives all memory back.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task stop;
        lock (_stopLock)
        {
            stop = _stop ??= StopListeningAsync();
        }

        await stop;
        await _app.DisposeAsync();
        Engine.Dispose();
        _control.Dispose();
        await _state.DisposeAsync();
    }

    private async Task StartCoreAsync(TextWriter output, CancellationToken cancellation)
    {
        await _app.StartAsync(cancellation);
        string[] addresses = [.. _app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses];
        GrpcAddress = new Uri(addresses[0]);
        HttpAddress = new Uri(addresses[1]);
        await output.WriteLineAsync($"listening grpc {addresses[0]}");
        await output.WriteLineAsync($"listening http {addresses[1]}");
        AdminAddress = new Uri(addresses[2]);
        await output.WriteLineAsync($"listening admin {addresses[2]}");
        await output.FlushAsync(cancellation);

        Engine.Start();
        await Engine.Settled.WaitAsync(cancellation);
        WarnOfState();
        await WarmUpAsync();
        _app.Services.GetRequiredService<Readiness>().Start();
        _app.Services.GetRequiredService<HealthReporter>().Report();
        await output.WriteLineAsync($"ready models={Engine.ReadyModels.Length}");
        await output.FlushAsync(cancellation);
    }

    private void WarnOfState()
    {
        if (_state.Location.Kind == StateKind.Memory && Engine.HasWindows)
        {
            _logger.StateIsMemory();
        }

        foreach (string warning in _state.Warnings)
        {
            _logger.StateWarning(warning);
        }

        if (_control.Folder.Problem.Length > 0)
        {
            _logger.ControlWarning(_control.Folder.Problem);
        }

        if (!_options.AdminAddress.Equals(_options.Listen))
        {
            _logger.AdminIsLocal();
        }
    }

    private async Task WarmUpAsync()
    {
        if (_options.WarmUp == TimeSpan.Zero)
        {
            return;
        }

        ServerMetrics metrics = _app.Services.GetRequiredService<ServerMetrics>();
        metrics.IsWarming = true;
        Engine.IsWarming = true;
        if (_state.Recorder is { } recorder)
        {
            recorder.IsWarming = true;
        }

        if (_state.Log is { } log)
        {
            log.IsWarming = true;
        }

        try
        {
            IWireLoad[] samples = [.. Engine.ReadyModels.Select(LoadOf).OfType<IWireLoad>()];
            var warmUp = new WireWarmUp(Loopback(GrpcAddress), Loopback(HttpAddress), _logger);
            await warmUp.RunAsync(samples, _options.WarmUp);
        }
        finally
        {
            metrics.IsWarming = false;
            Engine.IsWarming = false;
            if (_state.Recorder is { } warmed)
            {
                warmed.IsWarming = false;
            }

            if (_state.Log is { } warmedLog)
            {
                warmedLog.IsWarming = false;
            }
        }
    }

    // Calls of a model with state would change what it answers.
    private IWireLoad? LoadOf(string model)
    {
        long version = Engine.Versions
            .Where(status => status.Model == model && status.State == VersionState.Ready)
            .Max(status => status.Version);
        VersionDescription? described = Engine.Describe(model, version);
        try
        {
            return described switch
            {
                { IsStateful: true } => null,
                { Tensors: { } tensors, Calls.IsEmpty: false } =>
                    new TensorLoad(model, version, tensors, described.Calls),
                { Tensors: null, Samples: { RowCount: > 0 } rows } => new SampleLoad(model, version, rows),
                _ => null,
            };
        }
        catch (InputException refused)
        {
            _logger.WarmUpEnded(refused.Message);
            return null;
        }
    }

    // A server that listens on every address is reached on loopback.
    private static Uri Loopback(Uri address) => address.Host switch
    {
        "0.0.0.0" => new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
        "[::]" => new UriBuilder(address) { Host = "[::1]" }.Uri,
        _ => address,
    };

    private async Task StopCoreAsync()
    {
        _app.Services.GetRequiredService<Readiness>().Drain();
        _app.Services.GetRequiredService<HealthReporter>().Report();
        _logger.Draining(_options.DrainDelay);
        if (_options.DrainDelay > TimeSpan.Zero)
        {
            await Task.Delay(_options.DrainDelay, _time);
        }

        await StopListeningAsync();
    }

    private Task StopListeningAsync() => _app.StopAsync();
}
