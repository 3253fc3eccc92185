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

    // Other cards of the store: with none, each shard would hold one blob, and each append would open a page for it.
    private const int Others = 20_000;

    public static void RunAll(TextWriter output, KeyedLog log)
    {
        output.WriteLine(
            $"  embedded, {Entities} entities x {log.Readings.Length} aggregates; p50 of the best of its rounds of "
            + $"{Requests} in ns: keys and records, exchange, read, all; bytes allocated a call, mean (most of a "
            + "round)");
        foreach (bool isFolded in new[] { false, true })
        {
            Run(output, log, isFolded, hasImages: false, stepMs: 1);
            Run(output, log, isFolded, hasImages: true, stepMs: 1);
            Run(output, log, isFolded, hasImages: true, stepMs: 1000);
        }
    }

    private static void Run(TextWriter output, KeyedLog log, bool isFolded, bool hasImages, long stepMs)
    {
        EmbeddedOptions options = new() { Time = TimeProvider.System };
        EmbeddedWindowStore store =
            EmbeddedWindowStore.OpenMemory(hasImages ? options : options with { ImageBytes = 0 });
        LogCodec codec = new(log);
        RowBatch[] all = [.. Enumerable.Range(0, (Requests * Entities) + Others).Select(
            card => QuickWindows.EventRow(log, $"r{card}", QuickWindows.Start + QuickWindows.Month, card))];
        Fill(store, codec, all, isFolded);
        Exchange exchange = new(store, log, codec, all[..(Requests * Entities)], stepMs);
        long warmUp = Stopwatch.GetTimestamp();
        for (int request = 0; Stopwatch.GetElapsedTime(warmUp) < TimeSpan.FromSeconds(1); request++)
        {
            exchange.Answer(request % Requests, appends: false);
        }

        // What a batch and a reader hold grows with the blobs.
        _ = Measure(exchange, appends: true);
        string name = $"{(isFolded ? "folded" : "raw")}, {(hasImages ? "kept decoded" : "decoded anew")}, "
            + $"{stepMs} ms apart";
        Round[] rounds = [.. Enumerable.Range(0, Rounds).Select(round => Measure(exchange, round % 10 == 9))];
        Describe(output, $"{name}, reading", [.. rounds.Where((_, round) => round % 10 != 9)]);
        Describe(output, $"{name}, appending", [.. rounds.Where((_, round) => round % 10 == 9)]);
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    // The whole of the best round beside the stages of the rounds that were best for each.
    private static void Describe(TextWriter output, string name, Round[] rounds)
    {
        double[] stages = [.. Enumerable.Range(0, Exchange.Stages + 1).Select(
            stage => rounds.Min(round => round.Stages[stage]))];
        output.WriteLine(
            $"    {name,-44} {string.Join("  ", stages.Select(ns => $"{ns,6:F0}"))}   "
            + $"{rounds.Average(round => round.Allocated):F1} B ({rounds.Max(round => round.Allocated):F1})");
    }

    // Appends alone would make blobs grow beyond what is to be measured: every tenth round appends.
    private static Round Measure(Exchange exchange, bool appends)
    {
        long[][] ticks = [.. Enumerable.Range(0, Exchange.Stages + 1).Select(_ => new long[Requests])];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int request = 0; request < Requests; request++)
        {
            long start = Stopwatch.GetTimestamp();
            exchange.Answer(request, appends);
            long end = Stopwatch.GetTimestamp();
            ticks[0][request] = exchange.Prepared - start;
            ticks[1][request] = exchange.Exchanged - exchange.Prepared;
            ticks[2][request] = end - exchange.Exchanged;
            ticks[3][request] = end - start;
        }

        double allocated = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Requests;
        double[] medians = new double[ticks.Length];
        for (int stage = 0; stage < ticks.Length; stage++)
        {
            Array.Sort(ticks[stage]);
            medians[stage] = ticks[stage][Requests / 2] * 1e9 / Stopwatch.Frequency;
        }

        return new Round(medians, allocated);
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
        byte[][] blobs = [.. Enumerable.Range(0, 50).Select(seed => QuickWindows.MakeBlob(codec, seed))];
        for (int card = 0; card < rows.Length; card++)
        {
            codec.TryKeyOfEvent(rows[card], 0, out StateKey key);
            byte[] blob = [.. blobs[card % blobs.Length]];
            BlobHeader.Write(blob, 0, codec.Schema, key.Check);
            blob = isFolded ? QuickWindows.Compact(compactor, blob) : blob;
            store.PrependAsync(key, blob, codec.LifetimeMs, CancellationToken.None)
                .AsTask().GetAwaiter().GetResult();
        }
    }

    private sealed record Round(double[] Stages, double Allocated);

    /// <summary>One request after the other, each a step later.</summary>
    private sealed class Exchange(
        EmbeddedWindowStore store, KeyedLog log, LogCodec codec, RowBatch[] rows, long stepMs)
    {
        private readonly WindowReader _reader = new(codec, []);
        private readonly RowBatch _values = ValuesOf(log);
        private readonly RowBatch _columns = QuickWindows.Columns(log, 1234);
        private readonly RecordBuffer _record = new();
        private readonly StateBatch _batch = new();
        private long _time = QuickWindows.Start + QuickWindows.Month;

        /// <summary>Keys and records; the exchange; the read.</summary>
        public const int Stages = 3;

        /// <summary>When keys and records were there.</summary>
        public long Prepared { get; private set; }

        /// <summary>When the store had answered.</summary>
        public long Exchanged { get; private set; }

        public void Answer(int request, bool appends)
        {
            _time += stepMs;
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

            Prepared = Stopwatch.GetTimestamp();
            ValueTask exchange = store.ExchangeAsync(_batch, CancellationToken.None);
            if (!exchange.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("the store in memory waits for nothing");
            }

            Exchanged = Stopwatch.GetTimestamp();
            for (int entity = 0; entity < Entities; entity++)
            {
                RowBatch row = rows[(request * Entities) + entity];
                _reader.Read(_batch.StateOf(entity), row, 0, _time, _values, 0, _batch.Images);
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
