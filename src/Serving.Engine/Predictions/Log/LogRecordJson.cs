using System.Text.Json;
using Serving.Data;
using Serving.State;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Writes records as lines of record files ("Records of answers" of the command line's contract). Values are those that
/// <see cref="RecordFile"/> writes; a loss is one line <c>{"lost": {"answers": n, "at": ms}}</c>.
/// </summary>
internal static class LogRecordJson
{
    /// <summary>What stands in front of the hash of a masked field: then the key's name, a colon, hex digits.</summary>
    public const string HashPrefix = "hmac:";

    /// <summary>Writes one record as an object.</summary>
    public static void Write(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteStartObject();
        WriteMembers(json, record);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of one record into an object that was begun.</summary>
    public static void WriteMembers(Utf8JsonWriter json, LogRecord record)
    {
        switch (record.Kind)
        {
            case LogFrameKind.Answer:
                WriteAnswer(json, record);
                break;
            case LogFrameKind.Ingest:
                json.WriteStartObject("ingest"u8);
                json.WriteString("set"u8, record.Schema!.Set);
                json.WriteString("event"u8, record.Schema.Event);
                WriteRequest(json, "row"u8, record);
                json.WriteEndObject();
                WriteState(json, record);
                json.WriteNumber("at"u8, record.At);
                WriteMasked(json, record);
                break;
            case LogFrameKind.Compacted:
                json.WriteStartObject("compacted"u8);
                json.WriteString("key"u8, record.Compaction.Key.ToString());
                json.WriteNumber("epoch"u8, record.Compaction.Epoch);
                json.WriteNumber("records"u8, record.Compaction.Records);
                json.WriteNumber("read"u8, record.Compaction.Read);
                json.WriteNumber("at"u8, record.At);
                json.WriteEndObject();
                break;
            case LogFrameKind.Started:
                json.WriteStartObject("started"u8);
                json.WriteString("server"u8, record.Server);
                json.WriteNumber("at"u8, record.At);
                json.WriteBoolean("clean"u8, record.IsClean);
                json.WriteEndObject();
                break;
            default:
                json.WriteStartObject("lost"u8);
                json.WriteNumber("answers"u8, record.Lost);
                json.WriteNumber("at"u8, record.At);
                json.WriteEndObject();
                break;
        }
    }

    /// <summary>Writes the request's row: masked keys as their hash, what is encrypted not at all.</summary>
    public static void WriteRequest(Utf8JsonWriter json, ReadOnlySpan<byte> name, LogRecord record)
    {
        RowBatch rows = record.Request!;
        json.WriteStartObject(name);
        for (int field = 0; field < rows.FieldCount; field++)
        {
            RecordJson.WriteField(json, rows.Schema.Fields[field].Name, rows, 0, field);
            if (HashOf(record, field) is { } hash)
            {
                json.WriteString(rows.Schema.Fields[field].Name, hash);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The hash of a masked key as text; null where the field is none.</summary>
    public static string? HashOf(LogRecord record, int field) =>
        record.Masked.TryGetValue(field, out (byte Head, byte[] Bytes) masked) && masked.Head == LogRowShape.Hashed
            ? $"{HashPrefix}{record.Key}:{Convert.ToHexStringLower(masked.Bytes)}"
            : null;

    /// <summary>Writes what was read of the store.</summary>
    public static void WriteState(Utf8JsonWriter json, LogRecord record)
    {
        json.WritePropertyName("state"u8);
        WriteStateEntries(json, record);
    }

    /// <summary>Writes the array of what was read of the store.</summary>
    public static void WriteStateEntries(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteStartArray();
        foreach ((string name, StateAccess access) in record.State)
        {
            RecordJson.WriteStateEntry(json, name, access);
        }

        json.WriteEndArray();
    }

    /// <summary>Whether a table routed the request.</summary>
    public static bool HasRoute(LogRecord record) => record.Label.Length > 0 || record.Bucket >= 0;

    /// <summary>Names of the fields that are still masked.</summary>
    public static IEnumerable<string> MaskedOf(LogRecord record) =>
        record.Masked.Keys.Order().Select(field => record.Schema!.Request.Fields[field].Name);

    /// <summary>Writes texts as an array.</summary>
    public static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteAnswer(Utf8JsonWriter json, LogRecord record)
    {
        LogSchema schema = record.Schema!;
        if (schema.IdField >= 0)
        {
            RecordJson.WriteField(json, "id", record.Request!, 0, schema.IdField);
        }

        json.WriteNumber("at"u8, record.At);
        json.WriteString("model"u8, schema.Model);
        json.WriteNumber("version"u8, schema.Version);
        WriteRequest(json, "request"u8, record);
        if ((record.Flags & AnswerFrame.Refused) == 0)
        {
            WriteScores(json, record);
        }
        else
        {
            json.WriteString("error"u8, record.Error.ToString());
        }

        json.WriteBoolean("degraded"u8, (record.Flags & AnswerFrame.Degraded) != 0);
        json.WriteBoolean("score_only"u8, (record.Flags & AnswerFrame.ScoreOnly) != 0);
        WriteState(json, record);
        WriteDecision(json, record);
        WriteMasked(json, record);
    }

    private static void WriteScores(Utf8JsonWriter json, LogRecord record)
    {
        if (record.Features is { } features)
        {
            RecordJson.WriteRow(json, "features"u8, features, 0, static _ => true);
        }
        else if (record.FeaturesHash.Length > 0)
        {
            json.WriteString("features_hash"u8, record.FeaturesHash);
        }

        WriteNumber(json, "score"u8, record.Scores[0]);
        WriteNumber(json, "raw_score"u8, record.RawScores[0]);
        if (record.RawScores.Length > 1)
        {
            json.WritePropertyName("scores"u8);
            WriteNumbers(json, record.Scores);
            json.WritePropertyName("raw_scores"u8);
            WriteNumbers(json, record.RawScores);
        }
    }

    /// <summary>Writes numbers as an array.</summary>
    public static void WriteNumbers(Utf8JsonWriter json, double[] numbers)
    {
        json.WriteStartArray();
        foreach (double number in numbers)
        {
            if (double.IsFinite(number))
            {
                json.WriteNumberValue(number);
            }
            else
            {
                json.WriteStringValue(TextOf(number));
            }
        }

        json.WriteEndArray();
    }

    // JSON has no other numbers: what a damaged record or a model of infinite leaves says is told by its name.
    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, TextOf(number));
        }
    }

    private static string TextOf(double number) => double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    private static void WriteDecision(Utf8JsonWriter json, LogRecord record)
    {
        if (record.Step.Length > 0)
        {
            json.WriteString("step"u8, record.Step);
        }

        if (record.Decision.Length > 0)
        {
            json.WriteString("decision"u8, record.Decision);
            json.WritePropertyName("decision_reasons"u8);
            WriteTexts(json, record.Reasons);
        }

        if (record.Explored > 0)
        {
            json.WriteNumber("explored"u8, record.Explored);
        }

        if (HasRoute(record))
        {
            json.WriteStartObject("route"u8);
            json.WriteString("label"u8, record.Label);
            json.WriteNumber("bucket"u8, record.Bucket);
            json.WriteNumber("generation"u8, record.Generation);
            json.WriteEndObject();
        }

        json.WriteStartObject("timing_us"u8);
        json.WriteNumber("state"u8, record.Timings[0]);
        json.WriteNumber("features"u8, record.Timings[1]);
        json.WriteNumber("model"u8, record.Timings[2]);
        json.WriteNumber("total"u8, record.Timings[3]);
        json.WriteEndObject();
        if (record.Trace.Length > 0)
        {
            json.WriteString("trace"u8, record.Trace);
        }
    }

    private static void WriteMasked(Utf8JsonWriter json, LogRecord record)
    {
        if (record.Masked.Count == 0)
        {
            return;
        }

        json.WritePropertyName("masked"u8);
        WriteTexts(json, MaskedOf(record));
    }
}
