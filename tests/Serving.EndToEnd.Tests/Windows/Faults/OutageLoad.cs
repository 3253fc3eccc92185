using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Clients that score and ingest without a pause while Redis fails, and the counts of what they were answered.
/// </summary>
internal sealed class OutageLoad : IAsyncDisposable
{
    public const int Cards = 20;

    // An outage lasts until so many answers have come in spite of it: whoever waits for Redis meets this deadline.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<JournalEvent> _events = [];
    private readonly ServingProcess _server;
    private readonly ScoringService.ScoringServiceClient _client;
    private readonly Task _working;
    private volatile bool _isOver;
    private long _id;
    private int _whole;
    private int _degraded;
    private int _refused;
    private int _ingested;
    private long _slowestTicks;

    public OutageLoad(ServingProcess server, int scorers = 3, int ingesters = 1)
    {
        _server = server;
        _client = server.Client;
        _working = Task.WhenAll(Enumerable.Range(0, scorers + ingesters).Select(
            worker => Task.Run(() => WorkAsync(worker >= scorers, new Random(worker)))));
    }

    /// <summary>Scores that were answered with state.</summary>
    public int Whole => Volatile.Read(ref _whole);

    /// <summary>Scores that were answered without, and said so.</summary>
    public int Degraded => Volatile.Read(ref _degraded);

    /// <summary>Ingests that were answered UNAVAILABLE.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Ingests that were answered OK.</summary>
    public int Ingested => Volatile.Read(ref _ingested);

    /// <summary>The longest that a score took.</summary>
    public TimeSpan Slowest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _slowestTicks));

    /// <summary>What was answered, and ingests that were refused: those may be there or not.</summary>
    public IReadOnlyCollection<JournalEvent> Events => _events;

    /// <summary>Waits for so many more of a count; a worker that failed fails the wait.</summary>
    public async Task MoreAsync(Func<OutageLoad, int> count, int more)
    {
        int wanted = count(this) + more;
        long start = Stopwatch.GetTimestamp();
        while (count(this) < wanted)
        {
            if (_working.IsCompleted)
            {
                await _working;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Longest, "waited in vain");
            await Task.Delay(5);
        }
    }

    /// <summary>Ends the clients; fails where one did.</summary>
    public async Task EndAsync()
    {
        _isOver = true;
        await _working;
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WorkAsync(bool isIngest, Random random)
    {
        while (!_isOver)
        {
            var next = new JournalEvent
            {
                IsIngest = isIngest,
                Id = Interlocked.Increment(ref _id),
                Card = FaultWorld.Card(random.Next(Cards)),
                Cents = random.Next(1, 100_000_000),
                At = FaultWorld.NowMs,
            };
            try
            {
                await (isIngest ? IngestAsync(next) : ScoreAsync(next));
            }
            catch (RpcException failed)
            {
                // Why is known to the server alone.
                throw new InvalidOperationException(
                    $"{(isIngest ? "ingest" : "score")} {next.Id}: {failed.Status}\nthe server's log:\n{_server.Error}",
                    failed);
            }

            _events.Enqueue(next);
        }
    }

    private async Task ScoreAsync(JournalEvent next)
    {
        long start = Stopwatch.GetTimestamp();
        ScoreResponse answer = await _client.ScoreAsync(
            new ScoreRequest
            {
                Model = "pay", Row = FaultWorld.RowOf(next), Options = new Options { Features = true },
            },
            deadline: DateTime.UtcNow + s_deadline);
        next.AnsweredAt = Stopwatch.GetTimestamp();
        InterlockedMax(next.AnsweredAt - start);

        // A degraded answer has no window values, a whole one has all: never a wrong one without a word.
        Assert.Equal(answer.Degraded, answer.Features["card_n"].KindCase == Value.KindOneofCase.None);
        Interlocked.Increment(ref answer.Degraded ? ref _degraded : ref _whole);
    }

    private async Task IngestAsync(JournalEvent next)
    {
        var request = new IngestRequest { Set = "pay", Event = "chargeback", Rows = { FaultWorld.RowOf(next) } };
        try
        {
            await _client.IngestAsync(request, deadline: DateTime.UtcNow + s_deadline);
            next.AnsweredAt = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref _ingested);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.Unavailable)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private void InterlockedMax(long ticks)
    {
        long known;
        do
        {
            known = Volatile.Read(ref _slowestTicks);
        }
        while (ticks > known && Interlocked.CompareExchange(ref _slowestTicks, ticks, known) != known);
    }
}
