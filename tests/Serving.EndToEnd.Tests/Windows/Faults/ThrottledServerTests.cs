using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// A server that gets a tenth of the processor (hardening.md 118): it runs 10 ms of each 100 ms, being stopped and
/// continued by signals, which needs no control groups.
/// </summary>
public sealed class ThrottledServerTests
{
    private const int Rounds = 40;

    // Beyond what a tenth of a core does of calls that want an answer this soon.
    private const int Clients = 32;
    private static readonly TimeSpan s_deadline = TimeSpan.FromMilliseconds(250);

    private static readonly StatusCode[] s_shed =
        [StatusCode.ResourceExhausted, StatusCode.DeadlineExceeded, StatusCode.Unavailable];

    [Fact]
    public async Task Load_AtATenthOfTheProcessor_IsShedAndLivenessStaysGreen()
    {
        using FaultWorld world = new();
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, world["state"], world["records.jsonl"]);
        var ends = new ConcurrentDictionary<StatusCode, int>();
        using var end = new CancellationTokenSource();
        Task load = Task.WhenAll(Enumerable.Range(0, Clients).Select(
            client => Task.Run(() => LoadAsync(server, client, ends, end.Token))));
        await UntilAsync(() => ends.GetValueOrDefault(StatusCode.OK) > 50);
        ends.Clear();
        using (Process throttle = Process.Start(
            "bash",
            [
                "-c",
                $"for round in $(seq {Rounds}); do kill -STOP $0; sleep 0.09; kill -CONT $0; sleep 0.01; done",
                server.Id.ToString(CultureInfo.InvariantCulture),
            ]))
        {
            do
            {
                Assert.StartsWith("ok", await server.Http.GetStringAsync(new Uri("/livez", UriKind.Relative)));
            }
            while (!throttle.HasExited);
        }

        KeyValuePair<StatusCode, int>[] throttled = [.. ends];
        ends.Clear();
        await UntilAsync(() => ends.GetValueOrDefault(StatusCode.OK) > 50);
        await end.CancelAsync();
        await load;
        string seen = string.Join(", ", throttled.Select(one => $"{one.Key} {one.Value}"));
        Assert.True(throttled.All(one => one.Key == StatusCode.OK || s_shed.Contains(one.Key)), seen);
        Assert.NotEmpty(throttled);
        TestContext.Current.TestOutputHelper?.WriteLine(seen);
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task LoadAsync(
        ServingProcess server, int client, ConcurrentDictionary<StatusCode, int> ends, CancellationToken end)
    {
        for (int call = 0; !end.IsCancellationRequested; call++)
        {
            var sent = new JournalEvent
            {
                IsIngest = false, Id = (client * 1_000_000L) + call, Card = FaultWorld.Card(client), Cents = 100,
                At = FaultWorld.NowMs,
            };
            StatusCode code = StatusCode.OK;
            try
            {
                await server.Client.ScoreAsync(
                    new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(sent) },
                    deadline: DateTime.UtcNow + s_deadline,
                    cancellationToken: CancellationToken.None);
            }
            catch (RpcException failed)
            {
                code = failed.StatusCode;
            }

            ends.AddOrUpdate(code, 1, (_, count) => count + 1);
        }
    }

    private static async Task UntilAsync(Func<bool> isReached)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (!isReached())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
