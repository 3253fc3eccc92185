using System.Diagnostics;
using Grpc.Core;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// Clients that score and ingest until the server is gone, and the journal of what they sent and were told. Each worker
/// has one call under way; an ingest without an answer is sent again at the next start.
/// </summary>
internal sealed class KillLoad(int seed)
{
    public const int Cards = 40;

    private const long RepeatableMs = 5 * 60 * 1000;
    private const int Scorers = 4;
    private const int Ingesters = 2;

    private readonly List<JournalEvent>[] _events =
        [.. Enumerable.Range(0, Scorers + Ingesters).Select(_ => new List<JournalEvent>())];

    private readonly Random[] _randoms =
        [.. Enumerable.Range(0, Scorers + Ingesters).Select(worker => new Random(seed + worker))];

    private long _id;
    private int _scored;
    private int _ingested;

    /// <summary>Everything that was ever sent.</summary>
    public IEnumerable<JournalEvent> Events => _events.SelectMany(events => events);

    /// <summary>Scores that were answered since the last start.</summary>
    public int Scored => Volatile.Read(ref _scored);

    /// <summary>Ingests that were answered since the last start.</summary>
    public int Ingested => Volatile.Read(ref _ingested);

    /// <summary>Runs all workers until the server does not answer any more.</summary>
    public Task RunAsync(ScoringService.ScoringServiceClient client)
    {
        _scored = _ingested = 0;
        foreach (JournalEvent sent in Events)
        {
            sent.IsSent = false;
            sent.AnsweredAt = 0;
        }

        return Task.WhenAll(Enumerable.Range(0, Scorers + Ingesters).Select(
            worker => Task.Run(() => WorkAsync(client, worker))));
    }

    private async Task WorkAsync(ScoringService.ScoringServiceClient client, int worker)
    {
        bool isIngest = worker >= Scorers;
        Queue<JournalEvent> again = new(isIngest ? _events[worker].Where(sent => !sent.IsThere) : []);
        try
        {
            while (true)
            {
                JournalEvent next = again.TryDequeue(out JournalEvent? waiting) ? waiting : Next(worker, isIngest);
                next.IsSent = true;
                await SendAsync(client, next);
                next.AnsweredAt = next.AnsweredAt == 0 ? Stopwatch.GetTimestamp() : next.AnsweredAt;
                Interlocked.Increment(ref isIngest ? ref _ingested : ref _scored);
            }
        }
        catch (RpcException gone) when (gone.StatusCode is StatusCode.Unavailable or StatusCode.Internal)
        {
            // The server was killed.
        }
    }

    private static async Task SendAsync(ScoringService.ScoringServiceClient client, JournalEvent next)
    {
        if (next.IsIngest)
        {
            IngestResponse answer = await client.IngestAsync(
                new IngestRequest { Set = "pay", Event = "chargeback", Rows = { FaultWorld.RowOf(next) } });
            Assert.Equal(1u, answer.Accepted + answer.Duplicate);
        }
        else
        {
            ScoreResponse answer = await client.ScoreAsync(
                new ScoreRequest { Model = "pay", Row = FaultWorld.RowOf(next) });

            // Behind a compaction a request that is two seconds old cannot be told its windows any more.
            Assert.True(!answer.Degraded || FaultWorld.NowMs - next.At > 1500, "a fresh request found no state");
        }
    }

    // One in ten is an event that was sent before. One that a kill took stays away: a compaction could fold it at once,
    // and its id could not be seen. So does one older than half its `late`: behind that its id is no longer remembered.
    private JournalEvent Next(int worker, bool isIngest)
    {
        Random random = _randoms[worker];
        List<JournalEvent> events = _events[worker];
        if (events.Count > 0 && random.Next(10) == 0 && events[random.Next(events.Count)] is { } old
            && (old.IsThere || old.IsSent) && FaultWorld.NowMs - old.At < RepeatableMs)
        {
            return old;
        }

        var fresh = new JournalEvent
        {
            IsIngest = isIngest,
            Id = Interlocked.Increment(ref _id),
            Card = FaultWorld.Card(random.Next(Cards)),
            Cents = random.Next(1, 100_000_000),
            At = FaultWorld.NowMs,
        };
        events.Add(fresh);
        return fresh;
    }
}
