using System.Buffers;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// Windows of one request: three blobs of 58 records each (a card's month), twelve aggregates a blob, as raw records
/// and folded; and the bytes of an entity.
/// </summary>
internal static class QuickWindows
{
    private const int Records = 58;
    private const int Blobs = 3;
    private const long Hour = 3_600_000;
    public const long Start = 1_772_000_000_000;
    public const long Month = 30 * 24 * Hour;

    public static void Run(TextWriter output)
    {
        KeyedLog log = CardLog();
        LogCodec codec = new(log);
        LogCompactor compactor = new(codec);
        byte[][] raw = [.. Enumerable.Range(0, Blobs).Select(seed => MakeBlob(codec, seed))];
        byte[][] folded = [.. raw.Select(blob => Compact(compactor, blob))];
        WindowReader reader = new(codec, []);
        RowBatch values = new(new RowSchema(
            "values", [.. log.Readings.Select(reading => new Field($"v{reading.Slot}", reading.Type))]));
        RowBatch requests = EventRow(log, "r", Start + Month, 0);
        values.AddRow();
        CpuMinimum timer = new();
        long time = Start + Month;
        void ReadAll(byte[][] blobs)
        {
            time++;
            foreach (byte[] blob in blobs)
            {
                reader.Read(blob, requests, 0, time, values, 0);
            }
        }

        RecordBuffer record = new();
        RowBatch columns = Columns(log, 1234);
        timer.Add("read, raw records", 1, () => ReadAll(raw));
        timer.Add("read, folded", 1, () => ReadAll(folded));
        timer.Add("write 3 records", 1, () =>
        {
            record.Clear();
            for (int index = 0; index < Blobs; index++)
            {
                codec.WriteRecord(requests, 0, columns, 0, record);
            }
        });
        timer.Add("key of 3 rows", 1, () =>
        {
            for (int index = 0; index < Blobs; index++)
            {
                codec.TryKeyOfEvent(requests, 0, out _);
            }
        });
        timer.Add("fold 1 blob", 1, () => Compact(compactor, raw[0]));
        output.WriteLine($"windows: {Blobs} blobs x {Records} records, {log.Readings.Length} aggregates a blob");
        foreach ((string name, double nanoseconds) in timer.Run(rounds: 12, roundMilliseconds: 15))
        {
            output.WriteLine($"  {name,-26} {nanoseconds,9:F0} ns");
        }

        double records = raw.Average(blob => (blob.Length - BlobHeader.Size) / (double)Records);
        output.WriteLine($"  bytes of an entity: raw {raw.Average(blob => blob.Length):F0} ({records:F1} a record), "
            + $"folded {folded.Average(blob => blob.Length):F0}");
        QuickEmbedded.RunAll(output, log);
        QuickEmbedded.Memory(output, log);
    }

    public static KeyedLog CardLog()
    {
        ImmutableArray<Field> fields =
        [
            new("id", new FieldType(ValueKind.String)), new("at", new FieldType(ValueKind.Time)),
            new("card", new FieldType(ValueKind.String)),
        ];
        (long Span, long Step)[] spans =
            [(Hour, 60_000), (24 * Hour, Hour), (7 * 24 * Hour, 6 * Hour), (Month, 24 * Hour)];
        FieldType amount = new(ValueKind.Decimal, Scale: 2);
        (WindowFunction Function, int Measure, FieldType Type)[] calls =
        [
            (WindowFunction.Count, 0, new FieldType(ValueKind.Int)), (WindowFunction.Sum, 1, amount),
            (WindowFunction.Max, 1, amount.AsOptional()),
        ];
        return new KeyedLog
        {
            Set = "card_fraud",
            Event = new EventDeclaration(new RowSchema("txn", fields), true, 0, 1, -1, 600_000, -1),
            EventKey = [2],
            RequestKey = [2],
            Columns = [new LogColumn("amount", amount)],
            Measures =
            [
                new LogMeasure(-1, -1, MeasureParts.Count),
                new LogMeasure(0, -1, MeasureParts.Sum | MeasureParts.Max),
            ],
            Readings = [.. spans.SelectMany(_ => calls, (span, call) => (span, call)).Select((pair, slot) =>
                new WindowReading
                {
                    Function = pair.call.Function,
                    Bounds = new WindowBounds(pair.span.Span, pair.span.Step, 0),
                    Measure = pair.call.Measure,
                    Slot = slot,
                    Type = pair.call.Type,
                })],
            ConditionCount = 0,
            HoldsIds = false,
            HorizonMs = Month + (24 * Hour),
            RepetitionMs = 600_000,
        };
    }

    public static byte[] MakeBlob(LogCodec codec, int seed)
    {
        Random random = new(seed);
        RecordBuffer buffer = new();
        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, 0, codec.Schema, 1);
        buffer.Write(header);
        long[] times = [.. Enumerable.Range(0, Records).Select(_ => Start + random.NextInt64(Month)).Order()];
        for (int record = 0; record < Records; record++)
        {
            RowBatch row = EventRow(codec.Log, $"t{seed}-{record}", times[record], seed);
            codec.WriteRecord(row, 0, Columns(codec.Log, random.NextInt64(100, 20_000)), 0, buffer);
        }

        return buffer.Written.ToArray();
    }

    public static RowBatch EventRow(KeyedLog log, string id, long time, int card)
    {
        RowBatch row = new(log.Event.Schema);
        row.AddRow();
        row.SetText(0, 0, System.Text.Encoding.UTF8.GetBytes(id));
        row.Set(0, 1, time);
        row.SetText(0, 2, System.Text.Encoding.UTF8.GetBytes($"card{card}"));
        return row;
    }

    public static RowBatch Columns(KeyedLog log, long amount)
    {
        RowBatch columns = new(new RowSchema("columns", [new Field("amount", log.Columns[0].Type)]));
        columns.AddRow();
        columns.Set(0, 0, amount);
        return columns;
    }

    public static byte[] Compact(LogCompactor compactor, byte[] blob)
    {
        ArrayBufferWriter<byte> writer = new();
        compactor.Compact(blob, writer);
        return writer.WrittenSpan.ToArray();
    }
}
