using System.Threading.Channels;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// The way to one node: its circuit and its queue of appends. Safe for use by several threads; one loop of its own
/// probes and drains.
/// </summary>
/// <remarks>
/// Closed -> Open (so many accesses in a row unanswered, or a heartbeat) -> Closed (a probe answered in time). While it
/// is open nothing of a request goes to the node. Queued appends go in their order; a key that has some is not read
/// before they are there, so an answer without them is flagged.
/// </remarks>
internal sealed class RedisLane(RedisLink link, string node, RedisKey probe)
{
    private const int FailuresMax = 5;
    private const int ChunkMax = 256;
    private const int RefusalsMax = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    // Longer than the library's own timeout, which ends every command.
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromMilliseconds(800);

    // Guards the queue and its keys: exchanges add, the loop takes.
    private readonly Lock _gate = new();
    private readonly Queue<RedisAccess> _queue = new();
    private readonly Dictionary<(uint Set, ulong Digest), int> _keys = [];
    // Holds one: a second wake before the loop woke is the same one.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // The oldest ones, taken out of the queue and not delivered yet. The loop alone touches them.
    private readonly List<RedisAccess> _head = [];

    private TaskCompletionSource _round = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private int _failures;
    private int _open;

    // Whether the link stood when it was last looked at. The library gives up a silent one without an event.
    private int _connected = 1;

    /// <summary>The node, to be named to people.</summary>
    public string Node { get; } = node;

    /// <summary>Whether the node is held for unreachable.</summary>
    public bool IsOpen => Volatile.Read(ref _open) != 0;

    /// <summary>Number of appends that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Ends with the drain's next round.</summary>
    public Task NextRound => Volatile.Read(ref _round).Task;

    /// <summary>Whether appends to a key wait.</summary>
    public bool IsPending(in StateKey key)
    {
        if (Count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _keys.ContainsKey((key.Set, key.Digest));
        }
    }

    /// <summary>Queues an append that holds a place; one that is in doubt is sent again if it failed.</summary>
    public void Enqueue(RedisAccess access)
    {
        lock (_gate)
        {
            _queue.Enqueue(access);
            (uint, ulong) key = (access.Key.Set, access.Key.Digest);
            _keys[key] = _keys.GetValueOrDefault(key) + 1;
            Volatile.Write(ref _count, _count + 1);
        }

        link.Status.CountQueued(access.Weight);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>An access was answered.</summary>
    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>An access was not answered.</summary>
    public void Failed()
    {
        if (Interlocked.Increment(ref _failures) >= FailuresMax)
        {
            Open();
        }
    }

    /// <summary>Asks the node something small; opens the circuit where it does not answer.</summary>
    public async Task HeartbeatAsync(CancellationToken stop)
    {
        if (!IsOpen && await ProbeAsync(stop) is null && !stop.IsCancellationRequested)
        {
            Open();
        }
    }

    /// <summary>Probes while the circuit is open, drains while appends wait, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stop))
            {
                _wake.Reader.TryRead(out _);
                await WorkAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The store ends.
        }

        LoseTheRest();
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && (IsOpen || Count > 0))
        {
            if (!await StepAsync(stop))
            {
                await Task.Delay(s_pause, link.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Open()
    {
        if (Interlocked.Exchange(ref _open, 1) == 0)
        {
            link.Status.OnLane(open: true, Node);
        }

        _wake.Writer.TryWrite(true);
    }

    // Whether there is more to do at once.
    private async Task<bool> StepAsync(CancellationToken stop)
    {
        if (IsOpen)
        {
            TimeSpan? took = await ProbeAsync(stop);
            if (took is null)
            {
                return false;
            }

            if (took <= link.ProbeLimit)
            {
                Volatile.Write(ref _failures, 0);
                Volatile.Write(ref _open, 0);
                link.Status.OnLane(open: false, Node);
            }
        }

        // A node that is too slow for requests is still good enough for the queue.
        return Count > 0 && await DrainAsync(stop);
    }

    private void LookAtLink()
    {
        int now = link.Database.IsConnected(probe, CommandFlags.DemandMaster) ? 1 : 0;
        if (Interlocked.Exchange(ref _connected, now) != now)
        {
            link.Status.OnLink(restored: now == 1, Node);
        }
    }

    // How long a small answer took; null where none came, or the node says that it is not there yet.
    private async Task<TimeSpan?> ProbeAsync(CancellationToken stop)
    {
        long start = link.Time.GetTimestamp();
        LookAtLink();
        try
        {
            Task asked = link.Database.StringGetRangeAsync(probe, 0, 0, CommandFlags.DemandMaster);
            RedisErrors.Forget(asked);
            await asked.WaitAsync(s_answerLimit, link.Time, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return !asked.IsCompleted || (!asked.IsCompletedSuccessfully && IsAway(asked))
                ? null
                : link.Time.GetElapsedTime(start);
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            return null;
        }
    }

    private bool IsAway(Task asked)
    {
        RedisErrorKind kind = RedisErrors.KindOf(asked);
        if (RedisErrors.IsTopology(kind))
        {
            link.RequestTopology();
        }

        return RedisErrors.IsAway(kind);
    }

    private async Task<bool> DrainAsync(CancellationToken stop)
    {
        // Step 1: the oldest appends.
        Take();

        // Step 2: those whose first sending is still under way may yet be delivered by it.
        await Task.WhenAll(_head.Select(access => access.Done)).WaitAsync(s_answerLimit, link.Time, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (RedisAccess access in _head)
        {
            access.IsSent = !access.IsDelivered && access.Done.IsCompleted;
        }

        // Step 3: the others go once more, in one trip.
        await link.Send([.. _head], reads: false).WaitAsync(s_answerLimit, link.Time, stop)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Step 4: what was delivered, or cannot ever be, leaves.
        int left = _head.RemoveAll(access => Settle(access));
        Interlocked.Exchange(ref _round, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return left > 0;
    }

    private void Take()
    {
        lock (_gate)
        {
            while (_head.Count < ChunkMax && _queue.TryDequeue(out RedisAccess? access))
            {
                _head.Add(access);
            }
        }
    }

    private bool Settle(RedisAccess access)
    {
        access.WasSent |= access.IsSent;
        RedisErrorKind kind = access.Judge();
        if (access.IsDelivered)
        {
            link.Status.CountDrained(access.Weight);
        }
        else if (!RedisErrors.IsAnswer(kind))
        {
            access.Forget();
            Open();
            return false;
        }
        else if (link.OnRefused(access, kind) || ++access.Refusals < RefusalsMax)
        {
            return false;
        }
        else
        {
            link.Status.CountLost(access.Weight);
        }

        Leave(access);
        return true;
    }

    private void Leave(RedisAccess access)
    {
        link.Bound.Release(access);
        lock (_gate)
        {
            (uint, ulong) key = (access.Key.Set, access.Key.Digest);
            int left = _keys[key] - 1;
            if (left == 0)
            {
                _keys.Remove(key);
            }
            else
            {
                _keys[key] = left;
            }

            Volatile.Write(ref _count, _count - 1);
        }
    }

    private void LoseTheRest()
    {
        do
        {
            Take();
            foreach (RedisAccess access in _head)
            {
                access.Forget();
                if (!access.IsDelivered)
                {
                    link.Status.CountLost(access.Weight);
                }

                Leave(access);
            }

            _head.Clear();
        }
        while (Count > 0);
    }
}
