using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Serving.EndToEnd.Tests.Windows.Faults;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>
/// Clients that score requests of ids of their own until the server is gone, and a journal of its answers.
/// </summary>
/// <param name="cards">Cards that they pay with, one after the other.</param>
internal sealed class LogLoad(int cards = 20)
{
    /// <summary>Clients.</summary>
    public const int Workers = 4;


    private readonly ConcurrentDictionary<long, (ScoreResponse Answer, long At)> _answers = new();
    private long _id;

    /// <summary>Every answer by its request's id, and when it came.</summary>
    public IReadOnlyDictionary<long, (ScoreResponse Answer, long At)> Answers => _answers;

    /// <summary>Calls that were refused.</summary>
    public int Refused;

    /// <summary>Scores until the token is cancelled or the server is gone.</summary>
    public Task RunAsync(ServingProcess server, CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(server, cancellation))));

    /// <summary>Scores one request; why not, or null.</summary>
    public async Task<StatusCode?> ScoreAsync(ServingProcess server)
    {
        long id = Interlocked.Increment(ref _id);
        var sent = new JournalEvent
        {
            IsIngest = false, Id = id, Card = FaultWorld.Card((int)(id % cards)), Cents = id, At = FaultWorld.NowMs,
        };
        try
        {
            ScoreResponse answer = await server.Client.ScoreAsync(
                new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(sent) });
            _answers[id] = (answer, Stopwatch.GetTimestamp());
            return null;
        }
        catch (RpcException failed)
        {
            Interlocked.Increment(ref Refused);
            return failed.StatusCode;
        }
    }

    private async Task WorkAsync(ServingProcess server, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && await ScoreAsync(server) is null)
        {
            // The next one.
        }
    }
}
