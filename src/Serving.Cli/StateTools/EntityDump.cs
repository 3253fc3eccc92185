using System.Text;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;
using Serving.Features;
using Serving.State;
using Serving.State.Windows;

namespace Serving.Cli.StateTools;

/// <summary>
/// What is known of one entity: the blob's parts and the window values of a request at a moment that has the entity's
/// key and nothing else.
/// </summary>
internal sealed class EntityDump(FeatureScript script, EntityKey entity, long time)
{
    /// <summary>Describes a blob; an empty one is an entity without events.</summary>
    public JsonObject Write(byte[] blob)
    {
        KeyedLog log = entity.Codec.Log;
        BlobDescription found = new LogCompactor(entity.Codec).Describe(blob);
        bool isForeign = blob.Length > 0 && !BlobHeader.Fits(blob, entity.Codec.Schema, entity.Key.Check);
        JsonObject values = ValuesOf(log, isForeign ? [] : blob, out ReadStatus status);
        return new JsonObject
        {
            ["key"] = entity.Key.ToString(),
            ["set"] = log.Set,
            ["event"] = log.Event.Schema.Name,
            ["fields"] = KeyFields(log),
            ["at"] = time,
            ["present"] = blob.Length > 0,
            ["sound"] = blob.Length == 0 || (found.IsSound && !isForeign),
            ["bytes"] = blob.Length,
            ["epoch"] = found.Epoch,
            ["schema"] = found.Schema,
            ["readable_from"] = found.ReadableFromMs,
            ["tiles"] = new JsonArray([.. found.Tiles.Select(tile => (JsonNode?)TileOf(tile))]),
            ["ids"] = found.Ids,
            ["kept"] = new JsonArray([.. found.Kept.Select(record => (JsonNode?)RecordOf(log, record))]),
            ["tail"] = new JsonArray([.. found.Tail.Select(record => (JsonNode?)RecordOf(log, record))]),
            ["read"] = TextOf(status),
            ["values"] = values,
        };
    }

    private static JsonObject TileOf(TileDescription tile) => new()
    {
        ["start"] = tile.StartMs,
        ["measures"] = new JsonArray([.. tile.Measures.Select(measure => (JsonNode?)MeasureOf(measure))]),
    };

    private static JsonObject MeasureOf(TallyDescription measure)
    {
        var parts = new JsonObject { ["count"] = measure.Count };
        Add("sum", measure.Sum);
        Add("sum_of_squares", measure.SumOfSquares);
        Add("min", measure.Min);
        Add("max", measure.Max);
        Add("first", measure.FirstMs);
        Add("last", measure.LastMs);
        return parts;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                parts[name] = value;
            }
        }
    }

    private static JsonObject RecordOf(KeyedLog log, RecordDescription record)
    {
        var columns = new JsonObject();
        for (int column = 0; column < log.Columns.Length; column++)
        {
            columns[log.Columns[column].Shown] = record.Columns[column];
        }

        return new JsonObject
        {
            ["time"] = record.TimeMs,
            ["known"] = record.KnownMs,
            ["id"] = record.Id,
            ["columns"] = columns,
        };
    }

    private JsonObject KeyFields(KeyedLog log)
    {
        var fields = new JsonObject();
        foreach (int field in log.EventKey)
        {
            fields[log.Event.Schema.Fields[field].Name] = TextOf(entity.Event, 0, field);
        }

        return fields;
    }

    private JsonObject ValuesOf(KeyedLog log, byte[] blob, out ReadStatus status)
    {
        var request = new RowBatch(script.Request);
        request.AddRow();
        request.Set(0, script.TimeField, time);
        for (int part = 0; part < log.EventKey.Length; part++)
        {
            long slot = entity.Event.Get(0, log.EventKey[part]);
            bool isText = log.Event.Schema.Fields[log.EventKey[part]].Type.Kind == ValueKind.String;
            request.Set(0, log.RequestKey[part], isText ? request.AddText(entity.Event.TextOf(slot)) : slot);
        }

        var values = new RowBatch(script.Windows.Values);
        values.AddRow();
        status = new WindowReader(entity.Codec, script.CreateConditions(log))
            .Read(blob, request, 0, time, values, 0);
        var result = new JsonObject();
        foreach (WindowReading reading in log.Readings)
        {
            bool isThere = status == ReadStatus.Ok && values.IsPresent(0, reading.Slot);
            result[script.Windows.Values.Fields[reading.Slot].Name] =
                isThere ? TextOf(values, 0, reading.Slot) : null;
        }

        return result;
    }

    // Why all values are missing where they are.
    private static string TextOf(ReadStatus status) => status switch
    {
        ReadStatus.Ok => "ok",
        ReadStatus.TooOld => "the time lies before readable_from: no request of then can be answered any more",
        _ => "damaged",
    };

    private static JsonNode? TextOf(RowBatch rows, int row, int field)
    {
        var cell = new Utf8Buffer();
        CellWriter.WriteJson(cell, rows.Schema.Fields[field].Type, rows.Get(row, field), rows);
        return JsonNode.Parse(Encoding.UTF8.GetString(cell.Written));
    }
}
