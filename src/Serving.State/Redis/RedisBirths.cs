using System.Collections.Concurrent;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Tells "lost" from "new" (hardening.md 103): marks of every set that is used are written once. Where one vanishes or
/// changes later, the server was emptied, or is another one. Safe for use by several threads.
/// </summary>
internal sealed class RedisBirths(RedisLink link)
{
    // In a cluster several marks of one set, so that most nodes hold some.
    private const int ClusterMarks = 16;

    // The marks that were seen of each set; null before the first look.
    private readonly ConcurrentDictionary<uint, RedisValue[]?> _sets = new();

    /// <summary>A set is used.</summary>
    public void See(uint set)
    {
        if (!_sets.ContainsKey(set))
        {
            _sets.TryAdd(set, null);
        }
    }

    /// <summary>Writes missing marks and compares the others.</summary>
    public async Task CheckAsync()
    {
        try
        {
            foreach ((uint set, RedisValue[]? known) in _sets)
            {
                await CheckAsync(set, known);
            }
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            // The next heartbeat looks again.
            link.Status.Notice($"birth marks were not read: {error.Message}");
        }
    }

    private async Task CheckAsync(uint set, RedisValue[]? known)
    {
        int marks = link.IsCluster ? ClusterMarks : 1;
        RedisValue[] found = await Task.WhenAll(Enumerable.Range(0, marks).Select(mark => BornAsync(set, mark)));
        int both = Math.Min(marks, known?.Length ?? 0);
        if (!found.AsSpan(0, both).SequenceEqual(known.AsSpan(0, both)))
        {
            link.Status.OnStateLost($"set {set:x8}: its birth mark is gone or another: the state was lost");
        }

        _sets[set] = found;
    }

    // The mark's value: the one that stands there, else a fresh one.
    private async Task<RedisValue> BornAsync(uint set, int mark)
    {
        RedisKey key = link.Keys.BirthOf(set, mark);
        RedisValue found = await link.Database.StringGetAsync(key, CommandFlags.DemandMaster);
        if (found.IsNull)
        {
            string fresh = $"{link.Time.GetUtcNow():O} {RandomNumberGenerator.GetHexString(16)}";
            await link.Database.StringSetAsync(key, fresh, when: When.NotExists, flags: CommandFlags.DemandMaster);
            found = await link.Database.StringGetAsync(key, CommandFlags.DemandMaster);
        }

        return found;
    }
}
