using System.Runtime.InteropServices;

namespace Serving.State.Redis;

/// <summary>
/// Remembers how far Redis confirmed the blobs that this process appended to, so that a failover which lost confirmed
/// writes is seen (hardening.md 100): a blob that is shorter in the same epoch, or of an earlier one, has lost records.
/// Holds the keys that were used last, a fixed number. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Only what was confirmed before an access was sent is compared with what it read: answers overtake each other.
/// </remarks>
internal sealed class RedisLengths(TimeProvider time)
{
    private const int Slots = 1 << 16;
    private const int Gates = 64;

    // A key may go so much earlier than its lifetime says: clocks tick differently.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    private readonly Entry[] _entries = new Entry[Slots];
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];

    /// <summary>
    /// Takes an answered access over; returns how many confirmed bytes are gone: 0 nearly always, -1 where an earlier
    /// epoch is back and nobody can say how many.
    /// </summary>
    /// <param name="access">The access.</param>
    /// <param name="answer">What it read, and the length behind its append.</param>
    /// <param name="sentAt">Timestamp before it was sent.</param>
    public int Take(RedisAccess access, in StateAccess answer, long sentAt)
    {
        StateKey key = access.Key;
        int slot = (int)(key.Digest % Slots);
        lock (_gates[slot % Gates])
        {
            ref Entry entry = ref _entries[slot];
            int gone = entry.Key == key && entry.NotedAt < sentAt && !IsExpired(entry)
                ? GoneOf(entry, answer)
                : 0;
            bool isNews = gone != 0 || entry.Key != key || IsBehind(entry, answer);
            if (access.Appends && isNews)
            {
                long now = time.GetTimestamp();
                entry = new Entry(key, answer.Epoch, answer.After, now, answer.LifetimeMs);
            }

            return gone;
        }
    }

    /// <summary>Forgets a key whose blob is made anew.</summary>
    public void Forget(in StateKey key)
    {
        int slot = (int)(key.Digest % Slots);
        lock (_gates[slot % Gates])
        {
            if (_entries[slot].Key == key)
            {
                _entries[slot] = default;
            }
        }
    }

    private static int GoneOf(in Entry entry, in StateAccess answer)
    {
        if (answer.StateLength == 0)
        {
            return entry.Length;
        }

        return answer.Epoch < entry.Epoch ? -1
            : answer.Epoch == entry.Epoch ? Math.Max(0, entry.Length - answer.StateLength)
            : 0;
    }

    private static bool IsBehind(in Entry entry, in StateAccess answer) =>
        (entry.Epoch, entry.Length).CompareTo((answer.Epoch, answer.After)) <= 0;

    private bool IsExpired(in Entry entry) => entry.LifetimeMs > 0
        && time.GetElapsedTime(entry.NotedAt) + s_slack >= TimeSpan.FromMilliseconds(entry.LifetimeMs);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(StateKey Key, uint Epoch, int Length, long NotedAt, long LifetimeMs);
}
