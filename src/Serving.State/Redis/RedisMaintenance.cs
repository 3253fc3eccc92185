using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>What the <c>state</c> commands do with blobs in Redis, outside the request path.</summary>
internal sealed class RedisMaintenance(RedisLink link, RedisCompaction compaction, RedisStoreOptions options)
{
    private const int PageSize = 256;
    private const int ProblemsMax = 1000;
    private const int ScanAttempts = 10;

    public async ValueTask<byte[]> ReadAsync(StateKey key, CancellationToken cancellation)
    {
        RedisValue blob = await Read(link.Keys.Of(key)).WaitAsync(cancellation);
        return ((ReadOnlyMemory<byte>)blob).ToArray();
    }

    public async Task<StateVerification> VerifyAsync(IProgress<double>? progress, CancellationToken cancellation)
    {
        long blobs = 0;
        long bytes = 0;
        ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
        await foreach ((StateKey key, _, ReadOnlyMemory<byte> blob, string? error)
            in BlobsAsync(progress, cancellation))
        {
            blobs++;
            bytes += blob.Length;
            string? problem = error ?? ProblemOf(key, blob);
            if (problem is not null && problems.Count < ProblemsMax)
            {
                problems.Add($"{key}: {problem}");
            }
        }

        return new StateVerification(blobs, bytes, problems.ToImmutable());
    }

    public async Task<long> CompactAsync(IProgress<double>? progress, CancellationToken cancellation)
    {
        long folded = 0;
        await foreach ((StateKey key, RedisKey address, ReadOnlyMemory<byte> blob, string? error)
            in BlobsAsync(progress, cancellation))
        {
            // How much came since the last compaction is not known here: all of it may have.
            if (error is null && ProblemOf(key, blob) is null && compaction.Of(blob.Span) is { } compactor
                && compactor.IsDue(blob.Length, blob.Length - BlobHeader.Size)
                && await compaction.FoldAsync(key, address, blob, compactor))
            {
                folded++;
            }
        }

        return folded;
    }

    public async ValueTask PrependAsync(
        StateKey key, ReadOnlyMemory<byte> blob, long lifetimeMs, CancellationToken cancellation)
    {
        if (blob.Length > BlobHeader.BlobBytesMax || ProblemOf(key, blob) is not null)
        {
            throw new ArgumentException(
                $"{key}: not a whole blob of this key with at most {BlobHeader.BlobBytesMax} bytes");
        }

        long result = await RedisScripts.PrependAsync(link.Database, link.Keys.Of(key), blob, lifetimeMs)
            .WaitAsync(cancellation);
        string? problem = result switch
        {
            -1 => "holds another log's blob, or a damaged one",
            -2 => "was compacted since: history can no longer be put in front of it",
            -3 => $"holds more than {BlobHeader.BlobBytesMax} bytes",
            _ => null,
        };
        if (problem is not null)
        {
            throw new InvalidOperationException($"{key} {problem}");
        }
    }

    private string? ProblemOf(in StateKey key, ReadOnlyMemory<byte> blob)
    {
        ReadOnlySpan<byte> span = blob.Span;
        if (span.Length < BlobHeader.Size)
        {
            return $"found {span.Length} bytes, expected a header of {BlobHeader.Size}";
        }

        if (span.Length > BlobHeader.BlobBytesMax)
        {
            return $"longer than {BlobHeader.BlobBytesMax} bytes";
        }

        return span[0] != BlobHeader.FormatVersion || span[1..4].IndexOfAnyExcept((byte)0) >= 0
            ? $"found format {span[0]}, expected {BlobHeader.FormatVersion}"
            : BlobHeader.CheckOf(span) != key.Check ? "another key's blob" : options.CheckContent?.Invoke(key, blob);
    }

    private Task<RedisValue> Read(RedisKey key) =>
        link.Database.StringGetRangeAsync(key, 0, BlobHeader.BlobBytesMax, CommandFlags.DemandMaster);

    // Every blob of every primary, read a page at a time in one trip. A blob that vanished meanwhile is left out.
    private async IAsyncEnumerable<(StateKey Key, RedisKey Address, ReadOnlyMemory<byte> Blob, string? Error)>
        BlobsAsync(IProgress<double>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyList<IServer> servers = link.Primaries();
        long[] sizes = await Task.WhenAll(servers.Select(server => server.DatabaseSizeAsync(link.DatabaseNumber)));
        double all = Math.Max(1, sizes.Sum());
        long seen = 0;
        foreach (IServer server in servers)
        {
            await foreach (RedisKey[] page in PagesAsync(server).WithCancellation(cancellation))
            {
                Task<RedisValue>[] reads = Array.ConvertAll(page, Read);
                await ((Task)Task.WhenAll(reads)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                for (int i = 0; i < page.Length; i++)
                {
                    if (KeyOf(page[i], reads[i]) is { } found && (reads[i].IsFaulted || found.Blob.Length > 0))
                    {
                        yield return found;
                    }
                }

                seen += page.Length;
                progress?.Report(Math.Min(1, seen / all));
            }
        }
    }

    private (StateKey Key, RedisKey Address, ReadOnlyMemory<byte> Blob, string? Error)? KeyOf(
        RedisKey address, Task<RedisValue> read)
    {
        if (!link.Keys.TryRead((byte[]?)address, out uint set, out ulong digest))
        {
            return null;
        }

        ReadOnlyMemory<byte> blob = read.IsCompletedSuccessfully ? read.Result : ReadOnlyMemory<byte>.Empty;
        ulong check = blob.Length >= BlobHeader.Size ? BlobHeader.CheckOf(blob.Span) : 0;
        return (new StateKey(set, digest, check), address, blob, read.Exception?.InnerException?.Message);
    }

    // One SCAN of a page at a time. A page that a busy server answers too late is asked for again.
    private async IAsyncEnumerable<RedisKey[]> PagesAsync(IServer server)
    {
        RedisValue cursor = 0;
        do
        {
            RedisResult[] answer = await ScanAsync(server, cursor);
            cursor = (RedisValue)answer[0];
            yield return (RedisKey[]?)answer[1] ?? [];
        }
        while (cursor != 0);
    }

    private async Task<RedisResult[]> ScanAsync(IServer server, RedisValue cursor)
    {
        object[] arguments = [cursor, "MATCH", link.Keys.Pattern, "COUNT", PageSize];
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                RedisResult answer = await server.ExecuteAsync(link.DatabaseNumber, "SCAN", arguments);
                return (RedisResult[])answer!;
            }
            catch (RedisTimeoutException) when (attempt < ScanAttempts)
            {
                // The next attempt waits for itself.
            }
        }
    }
}
