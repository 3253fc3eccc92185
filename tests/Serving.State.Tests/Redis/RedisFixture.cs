using System.Buffers.Binary;
using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.State.Tests.Redis;

/// <summary>Stores, keys and records for tests against a real server.</summary>
internal static class RedisFixture
{
    public const ulong Schema = 0x5EED;
    public const int RecordSize = 16;

    // Servers and tests share few cores: a budget that a healthy server keeps even then.
    public static readonly TimeSpan Patient = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    public static RedisStoreOptions Options(string endpoint, TimeSpan? budget = null) => new()
    {
        Endpoints = [endpoint],
        Time = TimeProvider.System,
        Budget = budget ?? Patient,
        TailBytesMax = BlobHeader.BlobBytesMax,
    };

    public static Task<RedisWindowStore> Connect(RedisServer server, TimeSpan? budget = null) =>
        RedisWindowStore.ConnectAsync(Options(server.Endpoint, budget));

    public static Task<ConnectionMultiplexer> Raw(RedisServer server) =>
        ConnectionMultiplexer.ConnectAsync(server.Endpoint + ",allowAdmin=true");

    /// <summary>A key whose check follows from its number.</summary>
    public static StateKey Key(int number) => new(0xF00D, (ulong)number * 0x9E3779B97F4A7C15, (ulong)number + 7);

    public static byte[] RawKey(in StateKey key) => new RedisKeys("f:").Of(key);

    /// <summary>A record that names its writer and its number.</summary>
    public static byte[] Record(int writer, int number)
    {
        byte[] record = new byte[RecordSize];
        BinaryPrimitives.WriteInt32LittleEndian(record, writer);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), number);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), ((long)writer << 32) + number + 1);
        return record;
    }

    /// <summary>The records behind a header.</summary>
    public static List<(int Writer, int Number)> Records(ReadOnlySpan<byte> blob)
    {
        List<(int, int)> records = [];
        for (int at = BlobHeader.Size; at < blob.Length; at += RecordSize)
        {
            int writer = BinaryPrimitives.ReadInt32LittleEndian(blob[at..]);
            records.Add((writer, BinaryPrimitives.ReadInt32LittleEndian(blob[(at + 4)..])));
        }

        return records;
    }

    public static StateBatch Batch(params ReadOnlySpan<(StateKey Key, byte[] Record)> accesses)
    {
        StateBatch batch = new();
        foreach ((StateKey key, byte[] record) in accesses)
        {
            batch.Add(key, Schema, 0, record);
        }

        return batch;
    }

    /// <summary>One exchange of one access: its outcome.</summary>
    public static async Task<StateOutcome> Append(RedisWindowStore store, StateKey key, byte[] record)
    {
        StateBatch batch = Batch((key, record));
        await store.ExchangeAsync(batch, CancellationToken.None);
        return batch.Accesses[0].Outcome;
    }

    /// <summary>Waits until something holds, and fails where it does not come to hold.</summary>
    public static async Task Comes(Func<bool> holds, int seconds = 10)
    {
        bool came = await Becomes(() => Task.FromResult(holds()), TimeSpan.FromSeconds(seconds));
        Assert.True(came, "did not come to hold");
    }

    /// <inheritdoc cref="Waiting.Becomes"/>
    public static Task<bool> Becomes(Func<Task<bool>> holds, TimeSpan atMost) => Waiting.Becomes(holds, atMost);
}
