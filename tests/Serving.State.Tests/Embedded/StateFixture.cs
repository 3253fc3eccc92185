using Serving.State.Embedded;

namespace Serving.State.Tests.Embedded;

/// <summary>A temporary folder, options and shorthands for tests of the embedded store.</summary>
internal sealed class StateFixture : IDisposable
{
    public const ulong Schema = 0xABCDEF0123456789;

    public StateFixture(string? under = null)
    {
        Folder = under is null
            ? Directory.CreateTempSubdirectory("serving-state-").FullName
            : Path.Combine(under, "state");
    }

    public string Folder { get; }

    public static EmbeddedOptions Options { get; } =
        new() { Time = TimeProvider.System, Shards = 4, HashSeed = 5, LogBytesBuffered = 4 << 20 };

    public static StateKey KeyOf(int number) =>
        new((uint)number % 2, 0x9E3779B97F4A7C15 * (ulong)(number + 1), (ulong)number + 77);

    /// <summary>One access to one key; its outcome stands in the batch.</summary>
    public static async Task<StateBatch> ExchangeAsync(
        EmbeddedWindowStore store, int key, byte[] record, bool isDurable = false, long lifetimeMs = 0)
    {
        StateBatch batch = new() { MustBeDurable = isDurable };
        _ = batch.Add(KeyOf(key), Schema, lifetimeMs, record);
        await store.ExchangeAsync(batch, CancellationToken.None);
        return batch;
    }

    public static async Task<StateOutcome> OutcomeAsync(
        EmbeddedWindowStore store, int key, byte[] record, bool isDurable = false) =>
        (await ExchangeAsync(store, key, record, isDurable)).Accesses[0].Outcome;

    /// <summary>All blobs of keys 0 to count - 1, in one array.</summary>
    public static async Task<byte[][]> ContentAsync(EmbeddedWindowStore store, int count)
    {
        byte[][] blobs = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            blobs[i] = await store.ReadAsync(KeyOf(i), CancellationToken.None);
        }

        return blobs;
    }

    public EmbeddedWindowStore Open(EmbeddedOptions? options = null) =>
        EmbeddedWindowStore.Open(Folder, options ?? Options);

    /// <summary>A copy of the folder as a kill at this moment would leave it.</summary>
    public StateFixture Copy()
    {
        StateFixture copy = new();
        foreach (string path in Directory.GetFiles(Folder))
        {
            if (Path.GetFileName(path) is not ("lock" or "holder"))
            {
                using FileStream from = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using FileStream to = File.Create(Path.Combine(copy.Folder, Path.GetFileName(path)));
                from.CopyTo(to);
            }
        }

        return copy;
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
