using System.Diagnostics;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// All that windows cost a request on the embedded store: keys and records of three entities, one exchange that reads
/// and appends, twelve aggregates from each blob.
/// </summary>
internal static class QuickEmbedded
{
    private const int Entities = 3;
    private const int Requests = 100;
    private const int Rounds = 100;

    public static void Run(TextWriter output, KeyedLog log, bool isFolded)
    {
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System });
        LogCodec codec = new(log);
        RowBatch[] rows = [.. Enumerable.Range(0, Requests * Entities).Select(
            card => QuickWindows.EventRow(log, $"r{card}", QuickWindows.Start + QuickWindows.Month, card))];
        Fill(store, codec, rows, isFolded);
        Exchange exchange = new(store, log, codec, rows);
        long warmUp = Stopwatch.GetTimestamp();
        for (int request = 0; Stopwatch.GetElapsedTime(warmUp) < TimeSpan.FromSeconds(1); request++)
        {
            exchange.Answer(request % Requests, appends: false);
        }

        (double[] best, long allocated) = Measure(exchange);
        double[] appending = [.. best.Where((_, round) => round % 10 == 9)];
        double[] reading = [.. best.Where((_, round) => round % 10 != 9)];
        output.WriteLine(
            $"  embedded, {Entities} entities x {log.Readings.Length} aggregates, {(isFolded ? "folded" : "raw")}: "
            + $"read and append p50 {appending.Min():F0} ns (best of {appending.Length} rounds of {Requests}), "
            + $"read alone {reading.Min():F0} ns, {(double)allocated / Requests:F2} B allocated");
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static (double[] Best, long Allocated) Measure(Exchange exchange)
    {
        long[] ticks = new long[Requests];
        double[] best = new double[Rounds];
        long allocated = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            // Appends alone would make blobs grow beyond what is to be measured: every tenth round appends.
            bool appends = round % 10 == 9;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int request = 0; request < Requests; request++)
            {
                long start = Stopwatch.GetTimestamp();
                exchange.Answer(request, appends);
                ticks[request] = Stopwatch.GetTimestamp() - start;
            }

            // The round in which a buffer of the batch grows with the blobs is not the usual one.
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Array.Sort(ticks);
            best[round] = ticks[Requests / 2] * 1e9 / Stopwatch.Frequency;
        }

        return (best, allocated);
    }

    /// <summary>The memory of many cards, as raw records and folded.</summary>
    public static void Memory(TextWriter output, KeyedLog log)
    {
        const int Cards = 20_000;
        LogCodec codec = new(log);
        RowBatch[] rows = [.. Enumerable.Range(0, Cards).Select(
            card => QuickWindows.EventRow(log, "r", QuickWindows.Start, card))];
        foreach (bool isFolded in new[] { false, true })
        {
            EmbeddedWindowStore store =
                EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System });
            Fill(store, codec, rows, isFolded);
            EmbeddedStatus status = store.Status;
            output.WriteLine($"  {Cards} cards, {(isFolded ? "folded" : "raw")}: "
                + $"{(double)status.NativeBytes / status.Blobs:F0} B a card, all told");
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Fill(EmbeddedWindowStore store, LogCodec codec, RowBatch[] rows, bool isFolded)
    {
        LogCompactor compactor = new(codec);
        for (int card = 0; card < rows.Length; card++)
        {
            codec.TryKeyOfEvent(rows[card], 0, out StateKey key);
            byte[] blob = QuickWindows.MakeBlob(codec, card % 50);
            BlobHeader.Write(blob, 0, codec.Schema, key.Check);
            blob = isFolded ? QuickWindows.Compact(compactor, blob) : blob;
            store.PrependAsync(key, blob, codec.LifetimeMs, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>One request after the other, each a millisecond later.</summary>
    private sealed class Exchange(EmbeddedWindowStore store, KeyedLog log, LogCodec codec, RowBatch[] rows)
    {
        private readonly WindowReader _reader = new(codec, []);
        private readonly RowBatch _values = ValuesOf(log);
        private readonly RowBatch _columns = QuickWindows.Columns(log, 1234);
        private readonly RecordBuffer _record = new();
        private readonly StateBatch _batch = new();
        private long _time = QuickWindows.Start + QuickWindows.Month;

        public void Answer(int request, bool appends)
        {
            _time++;
            _batch.Clear();
            for (int entity = 0; entity < Entities; entity++)
            {
                RowBatch row = rows[(request * Entities) + entity];
                row.Set(0, 1, _time);
                _record.Clear();
                if (appends)
                {
                    codec.WriteRecord(row, 0, _columns, 0, _record);
                }

                codec.TryKeyOfEvent(row, 0, out StateKey key);
                _ = _batch.Add(key, codec.Schema, codec.LifetimeMs, _record.Written);
            }

            store.ExchangeAsync(_batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            for (int entity = 0; entity < Entities; entity++)
            {
                RowBatch row = rows[(request * Entities) + entity];
                _reader.Read(_batch.StateOf(entity), row, 0, _time, _values, 0);
            }
        }

        private static RowBatch ValuesOf(KeyedLog log)
        {
            RowBatch values = new(new RowSchema(
                "values", [.. log.Readings.Select(reading => new Field($"v{reading.Slot}", reading.Type))]));
            values.AddRow();
            return values;
        }
    }
}
