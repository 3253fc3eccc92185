using System.Collections.Concurrent;
using System.Diagnostics;
using Serving.State.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Writers that exchange one record after the other while a test disturbs the server.</summary>
internal sealed class RedisLoad : IAsyncDisposable
{
    private const int Writers = 4;
    private const int Keys = 20;

    // Exchanges answer within their budget; the rest is what a crowded machine may add.
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<(int Key, int Writer, int Number, StateOutcome Outcome)> _done = [];
    private readonly Task _writers;
    private long _reads;
    private long _slowest;

    public RedisLoad(RedisWindowStore store) =>
        _writers = Task.WhenAll(
            Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer))));

    /// <summary>Exchanges that were answered with the state so far.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    public int Count(StateOutcome outcome) => _done.Count(one => one.Outcome == outcome);

    /// <summary>Waits until the state is read again; how long that took.</summary>
    public async Task<TimeSpan> Recovery()
    {
        long start = Stopwatch.GetTimestamp();
        long before = Reads;
        await RedisFixture.Comes(() => Reads > before + 10, seconds: 20);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Waits until so many exchanges were answered without the state.</summary>
    public Task Degraded(int count) => RedisFixture.Comes(
        () => Count(StateOutcome.Unavailable) + Count(StateOutcome.Lost) >= count, seconds: 20);

    /// <summary>Stops, waits for the queue, and holds what was answered against what is there.</summary>
    public async Task<int> CheckAsync(RedisWindowStore store)
    {
        await _stop.CancelAsync();
        await _writers;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        await store.FlushAsync(limit.Token);
        Dictionary<(int, int, int), int> there = [];
        for (int key = 0; key < Keys; key++)
        {
            foreach ((int writer, int number) in RedisFixture.Records(
                await store.ReadAsync(RedisFixture.Key(key), CancellationToken.None)))
            {
                there[(key, writer, number)] = there.GetValueOrDefault((key, writer, number)) + 1;
            }
        }

        foreach ((int key, int writer, int number, StateOutcome outcome) in _done)
        {
            Assert.Equal(outcome != StateOutcome.Lost, there.ContainsKey((key, writer, number)));
        }

        Assert.Equal(_done.Count - Count(StateOutcome.Lost), there.Count);
        Assert.Equal(store.Status.Lost, Count(StateOutcome.Lost));
        Assert.Equal(0, store.Status.Waiting);
        Assert.True(Slowest < s_answerLimit, $"an exchange took {Slowest}");
        return there.Values.Sum() - there.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writers;
        _stop.Dispose();
    }

    private async Task WriteAsync(RedisWindowStore store, int writer)
    {
        StateBatch batch = new();
        for (int number = 0; !_stop.IsCancellationRequested; number++)
        {
            int key = ((number * 7) + writer) % Keys;
            batch.Clear();
            batch.Add(RedisFixture.Key(key), RedisFixture.Schema, 0, RedisFixture.Record(writer, number));
            long start = Stopwatch.GetTimestamp();
            await store.ExchangeAsync(batch, CancellationToken.None);
            long ticks = Stopwatch.GetElapsedTime(start).Ticks;
            InterlockedMax(ticks);
            StateOutcome outcome = batch.Accesses[0].Outcome;
            _done.Add((key, writer, number, outcome));
            if (outcome == StateOutcome.Read)
            {
                Interlocked.Increment(ref _reads);
            }

            await Task.Delay(2);
        }
    }

    private void InterlockedMax(long ticks)
    {
        for (long seen = Interlocked.Read(ref _slowest); ticks > seen; seen = Interlocked.Read(ref _slowest))
        {
            Interlocked.CompareExchange(ref _slowest, ticks, seen);
        }
    }
}
