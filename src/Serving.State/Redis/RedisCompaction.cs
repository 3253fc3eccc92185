using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>
/// Folds blobs in the background: reads one, computes its replacement here, and puts it there by one script that keeps
/// what was appended meanwhile. Any number of processes may try; losers do nothing. Safe for use by several threads.
/// </summary>
internal sealed class RedisCompaction : IAsyncDisposable
{
    // More wishes than this are dropped: they come again with the next request that reads the blob.
    private const int WishesMax = 4096;

    private readonly RedisLink _link;
    private readonly ConcurrentDictionary<StateKey, byte> _wished = new();
    private readonly Channel<(StateKey Key, ulong Schema)> _wishes;
    private readonly Task _worker;

    // One for each log of the scripts that run: a handful, looked through one by one.
    private ImmutableArray<IBlobCompactor> _compactors = [];

    public RedisCompaction(RedisLink link)
    {
        _link = link;
        _wishes = Channel.CreateBounded<(StateKey, ulong)>(
            new BoundedChannelOptions(WishesMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _worker = Task.Run(RunAsync);
    }

    public ICompactionListener? Listener { get; set; }

    public void Use(IBlobCompactor compactor) => ImmutableInterlocked.Update(
        ref _compactors,
        static (known, one) => known.Any(other => other.Schema == one.Schema) ? known : known.Add(one),
        compactor);

    /// <summary>The compactor of a blob's log; null where it is not known.</summary>
    public IBlobCompactor? Of(ReadOnlySpan<byte> blob) =>
        blob.Length >= BlobHeader.Size ? Of(BlobHeader.SchemaOf(blob)) : null;

    public void Request(in StateKey key, ulong schema)
    {
        if (Of(schema) is not null && _wished.TryAdd(key, 0) && !_wishes.Writer.TryWrite((key, schema)))
        {
            _wished.TryRemove(key, out _);
        }
    }

    /// <summary>Folds one blob that was read; whether it was replaced.</summary>
    public async Task<bool> FoldAsync(
        StateKey key, RedisKey address, ReadOnlyMemory<byte> blob, IBlobCompactor compactor)
    {
        ArrayBufferWriter<byte> replacement = new(blob.Length);
        int records = compactor.Compact(blob.Span, replacement);
        if (records == 0)
        {
            return false;
        }

        bool won = await ReplaceAsync(address, blob, replacement.WrittenMemory);
        _link.Status.CountCompaction(won);
        if (won)
        {
            Listener?.OnCompacted(key, BlobHeader.EpochOf(replacement.WrittenSpan), records, blob.Length);
        }

        return won;
    }

    public async ValueTask DisposeAsync()
    {
        _wishes.Writer.TryComplete();
        while (_wishes.Reader.TryRead(out _))
        {
            // What was wished for comes again after the next start.
        }

        await _worker;
    }

    private IBlobCompactor? Of(ulong schema)
    {
        foreach (IBlobCompactor compactor in _compactors)
        {
            if (compactor.Schema == schema)
            {
                return compactor;
            }
        }

        return null;
    }

    private async Task<bool> ReplaceAsync(
        RedisKey address, ReadOnlyMemory<byte> blob, ReadOnlyMemory<byte> replacement)
    {
        try
        {
            return await RedisScripts.CompactAsync(_link.Database, address, blob, replacement) >= 0;
        }
        catch (Exception error) when (error is not RedisServerException && RedisErrors.IsExpected(error))
        {
            // Carried out or not? The listener must be told of what was, and the blob knows.
            ReadOnlyMemory<byte> found = await _link.Database.StringGetRangeAsync(
                address, 0, replacement.Length - 1, CommandFlags.DemandMaster);
            return found.Span.SequenceEqual(replacement.Span);
        }
    }

    private async Task RunAsync()
    {
        await foreach ((StateKey key, ulong schema) in _wishes.Reader.ReadAllAsync())
        {
            _wished.TryRemove(key, out _);
            try
            {
                await FoldAsync(key, schema);
            }
            catch (Exception error) when (RedisErrors.IsExpected(error))
            {
                _link.Status.Notice($"{key}: not compacted: {error.Message}");
            }
        }
    }

    private async Task FoldAsync(StateKey key, ulong schema)
    {
        RedisKey address = _link.Keys.Of(key);
        ReadOnlyMemory<byte> blob = await _link.Database.StringGetRangeAsync(
            address, 0, BlobHeader.BlobBytesMax, CommandFlags.DemandMaster);
        if (blob.Length <= BlobHeader.BlobBytesMax
            && BlobHeader.Fits(blob.Span, schema, key.Check)
            && Of(blob.Span) is { } compactor)
        {
            await FoldAsync(key, address, blob, compactor);
        }
    }
}
