using System.Diagnostics;
using Serving.State;
using Serving.State.Embedded;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// The embedded store: an exchange of three entities of 1 KB, the memory of many cards of 58 records, snapshot and
/// restart beside the plain reading of the same file.
/// </summary>
internal static class QuickState
{
    private const ulong Schema = 1;
    private const int RecordBytes = 20;
    private const int Records = 58;

    public static void Run(TextWriter output, int cards)
    {
        string folder = Directory.CreateTempSubdirectory("serving-bench-").FullName;
        try
        {
            Exchanges(output, "memory", EmbeddedWindowStore.OpenMemory(Options()));
            Exchanges(output, "folder", EmbeddedWindowStore.Open(Path.Combine(folder, "few"), Options()));
            Table(output);
            Grown(output, Math.Max(1, cards / 10));
            Restart(output, Path.Combine(folder, "many"), cards);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static EmbeddedOptions Options() => new() { Time = TimeProvider.System };

    private static StateKey KeyOf(int number) => new(7, (ulong)number * 0x9E3779B97F4A7C15, (ulong)number);

    private static void Exchanges(TextWriter output, string name, EmbeddedWindowStore store)
    {
        const int Entities = 3000;
        byte[] record = new byte[RecordBytes];
        StateBatch batch = new();
        for (int i = 0; i < Entities * 50; i++)
        {
            Exchange(store, batch, i % Entities, record);
        }

        long[] ticks = new long[Entities * 3];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < ticks.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Exchange(store, batch, i % Entities, record);
            ticks[i] = Stopwatch.GetTimestamp() - start;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(ticks);
        output.WriteLine(
            $"exchange of 3 entities of 1 KB, {name}: p50 {Nanoseconds(ticks, 50)} ns, "
            + $"p99 {Nanoseconds(ticks, 99)} ns, {(double)allocated / ticks.Length:F2} B a call");
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Exchange(EmbeddedWindowStore store, StateBatch batch, int entity, byte[] record)
    {
        batch.Clear();
        for (int i = 0; i < 3; i++)
        {
            _ = batch.Add(KeyOf((entity * 3) + i), Schema, 86_400_000, record);
        }

        store.ExchangeAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    private static double Nanoseconds(long[] ticks, int percent) =>
        ticks[ticks.Length * percent / 100] * 1e9 / Stopwatch.Frequency;

    // What the offline engine does: find, read, append; warm means that a thousand blobs stay in the cache.
    private static void Table(TextWriter output)
    {
        const int Blobs = 500;
        using BlobTable table = new(seed: 3);
        byte[] record = new byte[RecordBytes];
        byte[] copy = new byte[8192];
        byte[] blob = new byte[1024];
        CpuMinimum timer = new();
        timer.Add("find, read and append to a blob of 1 KB", Blobs, () =>
        {
            for (int i = 0; i < Blobs; i++)
            {
                int entry = table.Append(KeyOf(i), Schema, record);
                ReadOnlySpan<byte> read = table.BlobAt(entry);
                if (read.Length > 1500)
                {
                    _ = table.Replace(KeyOf(i), blob, blob.Length);
                }
            }
        });
        timer.Add("the same, with a copy of the blob", Blobs, () =>
        {
            for (int i = 0; i < Blobs; i++)
            {
                int entry = table.Append(KeyOf(i), Schema, record);
                ReadOnlySpan<byte> read = table.BlobAt(entry);
                read.CopyTo(copy);
                if (read.Length > 1500)
                {
                    _ = table.Replace(KeyOf(i), blob, blob.Length);
                }
            }
        });
        foreach ((string name, double nanoseconds) in timer.Run(rounds: 8))
        {
            output.WriteLine($"{name}: {nanoseconds:F0} ns");
        }
    }

    private static void Restart(TextWriter output, string folder, int cards)
    {
        EmbeddedWindowStore store = EmbeddedWindowStore.Open(folder, Options() with { SnapshotLogBytes = 1L << 40 });
        long start = Stopwatch.GetTimestamp();
        FillAsync(store, cards).GetAwaiter().GetResult();
        Describe(output, $"{cards} cards of {Records} records, filled in {Seconds(start):F1} s", store.Status);
        start = Stopwatch.GetTimestamp();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        double stop = Seconds(start);
        string snapshot = Directory.GetFiles(folder, "snapshot-*.bin").Single();
        double bytes = new FileInfo(snapshot).Length;
        output.WriteLine(
            $"clean stop with a snapshot of {bytes / 1e6:F0} MB: {stop:F2} s, {bytes / 1e6 / stop:F0} MB/s");
        double read = ReadPlainly(snapshot);
        start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        store = EmbeddedWindowStore.Open(folder, Options());
        double restart = Seconds(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        output.WriteLine(
            $"restart: {restart:F2} s ({cpu.TotalSeconds:F2} s of processor), {bytes / 1e6 / restart:F0} MB/s; "
            + "the file read by one thread into one buffer: "
            + $"{read:F2} s, {bytes / 1e6 / read:F0} MB/s; {store.Status.Blobs} blobs");
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // As events come: all cards grow together.
    private static void Grown(TextWriter output, int cards)
    {
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(Options());
        StateBatch batch = new();
        byte[] record = new byte[RecordBytes];
        for (int i = 0; i < Records * cards; i++)
        {
            batch.Clear();
            _ = batch.Add(KeyOf(i % cards), Schema, 86_400_000, record);
            store.ExchangeAsync(batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }

        Describe(output, $"{cards} cards grown by {Records} records", store.Status);
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static async Task FillAsync(EmbeddedWindowStore store, int cards)
    {
        byte[] blob = new byte[BlobHeader.Size + (Records * RecordBytes)];
        for (int card = 0; card < cards; card++)
        {
            BlobHeader.Write(blob, 0, Schema, KeyOf(card).Check);
            await store.PrependAsync(KeyOf(card), blob, 86_400_000, CancellationToken.None);
        }

        await store.FlushAsync(CancellationToken.None);
    }

    private static void Describe(TextWriter output, string what, EmbeddedStatus status) =>
        output.WriteLine(
            $"{what}: {status.BlobBytes / 1e6:F0} MB of blobs in {status.NativeBytes / 1e6:F0} MB, "
            + $"{(double)status.NativeBytes / status.Blobs:F0} B a card");

    private static double ReadPlainly(string path)
    {
        byte[] buffer = new byte[1 << 20];
        long start = Stopwatch.GetTimestamp();
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (stream.Read(buffer) > 0)
        {
        }

        return Seconds(start);
    }

    private static double Seconds(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;
}
