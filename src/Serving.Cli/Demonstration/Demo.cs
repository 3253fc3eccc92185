using System.Diagnostics;
using System.Globalization;
using Serving.Cli.CommandLine;
using Serving.Client;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Routing;
using Serving.Models.Tensors;
using Serving.Server.Hosting;
using Serving.Protocol.V1;

namespace Serving.Cli.Demonstration;

/// <summary>
/// Starts a real server on free loopback ports, sends a sample model's own sample requests to it over real gRPC at a
/// steady rate, and shows what comes back.
/// </summary>
internal sealed class Demo(DemoOptions options, CommandConsole console)
{
    // The machine of a newcomer may be busy; a slow answer is shown as slow, not as an error.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly DemoStatistics _statistics = new();

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        options.Check();
        IReadOnlyList<IScorerFactory> runtimes = console.Runtimes(options.TensorFlowLibrary);
        using var folder = new DemoModels(options.Model);
        Bundle bundle = folder.OpenNewest(options.Model, runtimes);
        var serverOptions = new ServerOptions
        {
            Models = folder.Path,
            HttpPort = 0,
            GrpcPort = 0,
            WarmUp = TimeSpan.FromSeconds(3),
            Runtimes = [.. runtimes],
            Deadline = s_deadline,
            DrainDelay = TimeSpan.Zero,
            AdminAnonymous = true,
            Traffic = options.Canary ? DemoCanary.Traffic : new TrafficOptions(),
        };
        await using ServerHost host = await ServerHost.StartAsync(serverOptions, console.Error, cancellation);
        RowBatch samples = host.Engine.SamplesOf(options.Model, 0)
            ?? throw new InputException(new InputProblem(
                folder.Path, "no version that is ready", "one",
                string.Join("; ", host.Engine.Versions.Select(v => v.Reason))));
        bool hasWindows = bundle.Script is { Windows.IsEmpty: false };
        DemoRequests requests = DemoRequests.Of(
            options.Model,
            samples,
            hasWindows ? bundle.Script!.Events.First(declaration => declaration.IsRequest) : null);
        if (!options.Json)
        {
            WriteAddresses(host, requests);
        }

        if (hasWindows)
        {
            await TeachAsync(host.GrpcAddress, DemoHistory.Of(bundle, requests.FirstTime), cancellation);
        }

        bool isAsExpected = true;
        if (options.Canary)
        {
            isAsExpected = await ShowCanaryAsync(host, requests, folder, bundle, cancellation);
        }
        else
        {
            await SendAsync(host.GrpcAddress, requests, Task.CompletedTask, cancellation);
        }

        Report();
        if (!options.Once)
        {
            await console.Out.WriteLineAsync("the server stays up; Ctrl-C ends it");
            await host.RunAsync(cancellation);
        }

        return _statistics.Errors == 0 && isAsExpected ? ExitCode.Done : ExitCode.CheckFailed;
    }

    // Requests go on as long as versions come and go.
    private async Task<bool> ShowCanaryAsync(
        ServerHost host, DemoRequests requests, DemoModels folder, Bundle bundle, CancellationToken cancellation)
    {
        using var versions = new DemoVersions(folder.NewestOf(options.Model), bundle);
        var canary = new DemoCanary(versions, options.Model, options.Json, console);
        Task shown = Task.Run(() => canary.RunAsync(host.AdminAddress, cancellation), cancellation);
        await SendAsync(host.GrpcAddress, requests, shown, cancellation);
        await shown;
        _statistics.Canary = canary.Results;
        return canary.IsAsExpected;
    }

    private void WriteAddresses(ServerHost host, DemoRequests requests)
    {
        string grpc = $"{host.GrpcAddress.Host}:{host.GrpcAddress.Port}";
        console.Out.WriteLine("try it:");
        console.Out.WriteLine(
            $"  curl -s '{host.HttpAddress}v1/score/{options.Model}?features=true' "
                + $"-H 'content-type: application/json' -d '{requests.FirstAsJson}'");
        console.Out.WriteLine(
            $"  grpcurl -plaintext -d '{{\"model\": \"{options.Model}\"}}' {grpc} serving.v1.ScoringService/GetSchema");
    }

    private async Task TeachAsync(Uri server, DemoHistory history, CancellationToken cancellation)
    {
        using var client = new ServingClient(
            server, new ServingClientOptions { Deadline = s_deadline, BatchDeadline = s_deadline });
        await history.SendAsync(client, cancellation);
        _statistics.Learned = history.Count;
        if (!options.Json)
        {
            await console.Out.WriteLineAsync($"{history.Count} earlier events learned into the server's windows");
        }
    }

    // Each request leaves at its own time, whether the one before has come back or not.
    private async Task SendAsync(
        Uri server, DemoRequests requests, Task goesOn, CancellationToken cancellation)
    {
        using var table = new DemoTable(console, options, _statistics);
        using var client = new ServingClient(server, new ServingClientOptions { Deadline = s_deadline });
        long started = Stopwatch.GetTimestamp();
        var pending = new List<Task>();
        for (int number = 0; number < options.Requests || !goesOn.IsCompleted; number++)
        {
            double due = number / options.Rate;
            double wait = due - Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (wait > 0.001)
            {
                await Task.Delay(TimeSpan.FromSeconds(wait), cancellation);
            }

#pragma warning disable CA2025 // All sends are awaited below, before the client is disposed.
            pending.Add(SendAsync(client, requests, number, started + (long)(due * Stopwatch.Frequency), cancellation));
#pragma warning restore CA2025
            if (pending.Count >= 1024)
            {
                await Task.WhenAll(pending);
                pending.Clear();
            }

            table.Update();
        }

        await Task.WhenAll(pending);
        _statistics.Elapsed = Stopwatch.GetElapsedTime(started);
        table.Finish();
    }

    private async Task SendAsync(
        ServingClient client, DemoRequests requests, int number, long dueTimestamp, CancellationToken cancellation)
    {
        try
        {
            ScoreResponse answer = await client.ScoreAsync(requests.Request(number), cancellation: cancellation);
            double milliseconds = Stopwatch.GetElapsedTime(dueTimestamp).TotalMilliseconds;
            _statistics.Add(milliseconds, answer, requests.Id(number));
            if (answer.Features.Count > 0)
            {
                _statistics.Show(requests.Id(number), answer.Features);
            }
        }
        catch (Grpc.Core.RpcException exception) when (!cancellation.IsCancellationRequested)
        {
            _statistics.AddError(exception.Status.ToString());
        }
    }

    private void Report()
    {
        if (options.Json)
        {
            JsonOutput.Write(console.Out, _statistics.ToJson(options.Model));
        }
        else
        {
            console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_statistics.Requests} requests, {_statistics.Errors} errors, "
                    + $"p50 {_statistics.Percentile(50):F2} ms, "
                    + $"p99 {_statistics.Percentile(99):F2} ms, p99.9 {_statistics.Percentile(99.9):F2} ms"));
        }
    }
}
