using Serving.Data;
using Serving.Data.Windows;
using Serving.State;
using Serving.State.Embedded;
using Serving.State.Windows;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// The memory of cards whose events are read, appended and folded as a server does: 58 events each, all growing
/// together, and three months of 58 each, begun one after the other, so that they are folded at different times.
/// </summary>
internal static class QuickLive
{
    private const int EventsAMonth = 58;

    // With 31,250 cards each shard holds as many as one of the usual 256 does of a million.
    private const int Shards = 8;

    // Events until a card is folded.
    private const int Phases = 38;

    public static void Run(TextWriter output, int cards)
    {
        Run(output, cards, EventsAMonth, phases: 1, from: 1);
        Run(output, cards, 3 * EventsAMonth, Phases, from: EventsAMonth + Phases);
    }

    private static void Run(TextWriter output, int cards, int events, int phases, int from)
    {
        KeyedLog log = QuickWindows.CardLog();
        LogCodec codec = new(log);
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(
            new EmbeddedOptions { Time = TimeProvider.System, Shards = Shards });
        store.Use(new LogCompactor(codec));
        RowBatch[] rows = [.. Enumerable.Range(0, cards).Select(
            card => QuickWindows.EventRow(log, "r", QuickWindows.Start, card))];
        Lane lane = new(store, log, codec);
        (double least, double most) = (double.MaxValue, 0);
        for (int number = 0; number < events; number++)
        {
            lane.Append(rows, number, phases);
            if (number >= from)
            {
                double bytes = (double)store.Status.NativeBytes / cards;
                least = Math.Min(least, bytes);
                most = Math.Max(most, bytes);
            }
        }

        EmbeddedStatus status = store.Status;
        output.WriteLine(
            $"{cards} cards, {events} events each, folded as they grow: {least:F0} to {most:F0} B a card, "
            + $"{(double)status.NativeBytes / cards:F0} B at the end, all told, "
            + $"{(double)status.BlobBytes / cards:F0} B of blobs at the end; "
            + $"{status.Compactions} foldings, {status.CompactionsDropped} dropped");
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private sealed class Lane(EmbeddedWindowStore store, KeyedLog log, LogCodec codec)
    {
        private const long Apart = QuickWindows.Month / EventsAMonth;

        private readonly WindowReader _reader = new(codec, []);
        private readonly RowBatch _values = new(new RowSchema(
            "values", [.. log.Readings.Select(reading => new Field($"v{reading.Slot}", reading.Type))]));
        private readonly RecordBuffer _record = new();
        private readonly StateBatch _batch = new();
        private readonly RowBatch _columns = QuickWindows.Columns(log, 0);
        private readonly Random _random = new(5);

        public void Append(RowBatch[] rows, int number, int phases)
        {
            _values.Clear();
            _values.AddRow();
            for (int card = 0; card < rows.Length; card++)
            {
                if (number < card % phases)
                {
                    continue;
                }

                RowBatch row = rows[card];
                long time = QuickWindows.Start + (number * Apart) + _random.NextInt64(Apart);
                row.Set(0, 1, time);
                row.SetText(0, 0, BitConverter.GetBytes(time & 0x7F7F7F7F7F7F7F7F));
                codec.TryKeyOfEvent(row, 0, out StateKey key);
                _columns.Set(0, 0, _random.NextInt64(100, 20_000));
                _record.Clear();
                codec.WriteRecord(row, 0, _columns, 0, _record);
                _batch.Clear();
                _ = _batch.Add(key, codec.Schema, codec.LifetimeMs, _record.Written);
                store.ExchangeAsync(_batch, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                _reader.Read(_batch.StateOf(0), row, 0, time, _values, 0, _batch.Images);
                if (_reader.IsCompactionDue)
                {
                    store.RequestCompaction(key, codec.Schema);
                }
            }
        }
    }
}
