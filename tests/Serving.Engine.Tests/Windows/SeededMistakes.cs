using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.Engine.Tests.Windows;

/// <summary>Bugs that compiler, reader, tiles or stores could have, one of each kind.</summary>
internal static class SeededMistakes
{
    /// <summary>The bugs by name.</summary>
    public static readonly IReadOnlyDictionary<string, Mistake> All = new Dictionary<string, Mistake>
    {
        ["old edge a step too early"] = OfBounds(bounds =>
            bounds.IsLifetime ? bounds : bounds with { SpanMs = bounds.SpanMs + bounds.StepMs }),
        ["young edge inclusive"] = new() { Read = OneLater },
        ["delay ignored"] = OfBounds(bounds => bounds with { DelayMs = 0 }),
        ["known ignored"] = new()
        {
            Log = log => log with { Event = log.Event with { KnownField = log.Event.TimeField, LagMs = -1 } },
        },
        ["repeated ids forgotten"] = new() { Log = log => log with { RepetitionMs = 0 } },
        ["repeated ids dropped under other keys"] = new() { Admission = FirstOfAnId },
        ["keep before where"] = new() { Log = KeepFirst },
        ["ties ignore the id"] = new() { Log = log => log with { HoldsIds = false } },
        ["fold counts what where leaves out"] = new()
        {
            Folded = log =>
            {
                var codec = new LogCodec(log);
                return new LogCodec(log) { Measures = [.. codec.Measures.Select(one => one with { Where = -1 })] };
            },
        },
        ["tiles too coarse"] = new() { Folded = Coarse },
        ["decay from events"] = OfReadings(reading =>
            reading.HalfLifeMs > 0 ? reading with { Bounds = reading.Bounds with { StepMs = 1 } } : reading),
        ["appends during a fold lost"] = new() { Store = (store, blobs) => new LosingStore(store, blobs) },
        ["rows of a batch do not see each other"] = new() { Store = (store, _) => new BlindStore(store) },
        ["blobs expire too early"] = new() { Log = log => log with { HorizonMs = Math.Min(log.HorizonMs, 1) } },
        ["missing key read as an empty entity"] = new() { Asked = WithKey },
        ["value of the neighbour's slot"] = new() { Values = SwapSlots },
    };

    /// <summary>The ways in which bugs are seeded, with nothing wrong.</summary>
    public static readonly IReadOnlyList<Mistake> Harmless =
    [
        OfBounds(bounds => bounds),
        new() { Folded = log => new LogCodec(log) { Grid = new TileGrid(log) } },
        new() { Store = (store, blobs) => new LosingStore(store, blobs, isWrong: false) },
    ];

    private static Mistake OfBounds(Func<WindowBounds, WindowBounds> change) =>
        OfReadings(reading => reading with { Bounds = change(reading.Bounds) });

    private static Mistake OfReadings(Func<WindowReading, WindowReading> change) => new()
    {
        Log = log => log with { Readings = [.. log.Readings.Select(change)] },
    };

    private static void OneLater(RowBatch rows, EventDeclaration request)
    {
        for (int row = 0; row < rows.RowCount; row++)
        {
            rows.Set(row, request.TimeField, rows.Get(row, request.TimeField) + 1);
        }
    }

    private static Func<Arrival, bool> FirstOfAnId()
    {
        HashSet<(string Event, object? Id)> seen = [];
        return arrival => seen.Add((arrival.Event, arrival.Values.Values[0]));
    }

    // The window's where is judged among the kept events, where only the call's own belongs.
    private static KeyedLog KeepFirst(KeyedLog log)
    {
        List<LogMeasure> measures = [.. log.Measures];
        ImmutableArray<WindowReading> readings =
        [
            .. log.Readings.Select(reading =>
            {
                LogMeasure measure = log.Measures[reading.Measure];
                if (reading.Keep == 0 || measure.Where < 0)
                {
                    return reading;
                }

                measures.Add(measure with { Where = -1 });
                return reading with
                {
                    Measure = measures.Count - 1,
                    Where = reading.Where < 0 ? measure.Where : reading.Where,
                };
            }),
        ];
        return log with { Measures = [.. measures], Readings = readings };
    }

    private static LogCodec Coarse(KeyedLog log)
    {
        KeyedLog coarse = log with
        {
            Readings =
            [
                .. log.Readings.Select(reading => reading with
                {
                    Bounds = reading.Bounds with { StepMs = reading.Bounds.StepMs * 2 },
                }),
            ],
        };

        // Starts are still written in the unit in which they are read.
        return new LogCodec(log) { Grid = new TileGrid(coarse) { UnitMs = new TileGrid(log).UnitMs } };
    }

    private static void WithKey(RowBatch rows, EventDeclaration request)
    {
        int key = request.Schema.IndexOf("k");
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (!rows.IsPresent(row, key))
            {
                rows.SetText(row, key, "no such key"u8);
            }
        }
    }

    private static void SwapSlots(WindowValues values)
    {
        RowBatch rows = values.Rows;
        for (int slot = 1; slot < rows.FieldCount; slot++)
        {
            if (rows.Schema.Fields[slot].Type != rows.Schema.Fields[slot - 1].Type)
            {
                continue;
            }

            for (int row = 0; row < rows.RowCount; row++)
            {
                (bool isPresent, long value) = (rows.IsPresent(row, slot), rows.Get(row, slot));
                Put(rows, row, slot, rows.IsPresent(row, slot - 1), rows.Get(row, slot - 1));
                Put(rows, row, slot - 1, isPresent, value);
            }

            return;
        }
    }

    private static void Put(RowBatch rows, int row, int slot, bool isPresent, long value)
    {
        if (isPresent)
        {
            rows.Set(row, slot, value);
        }
        else
        {
            rows.SetMissing(row, slot);
        }
    }
}
