using System.Buffers;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>Writes answers as rows of an exported table. Not safe for use by several threads.</summary>
internal sealed class LogRowWriter(RowSchema columns)
{
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>Appends an answer.</summary>
    public void Write(LogRecord record, RowBatch rows)
    {
        int row = rows.AddRow();
        SetText(rows, row, "id", LogExport.IdOf(record));
        SetInt(rows, row, "at", record.At);
        SetText(rows, row, "model", record.Schema!.Model);
        SetInt(rows, row, "version", record.Schema.Version);
        WriteRow(rows, row, LogColumns.RequestPrefix, record.Request!);
        WriteMasked(rows, row, record);
        if ((record.Flags & AnswerFrame.Refused) == 0)
        {
            WriteScores(rows, row, record);
        }
        else
        {
            SetText(rows, row, "error", record.Error.ToString());
        }

        SetInt(rows, row, "degraded", (record.Flags & AnswerFrame.Degraded) != 0 ? 1 : 0);
        SetInt(rows, row, "score_only", (record.Flags & AnswerFrame.ScoreOnly) != 0 ? 1 : 0);
        SetJson(rows, row, "state", json => LogRecordJson.WriteStateEntries(json, record));
        WriteDecision(rows, row, record);
        WriteTimings(rows, row, record);
    }

    /// <summary>Adds what is known of the last row's label.</summary>
    public void WriteLabel(LogLabel? label, bool isMature, RowBatch rows)
    {
        int row = rows.RowCount - 1;
        if (label is { } known)
        {
            rows.SetFloat(row, columns.IndexOf("label"), known.Value);
            SetInt(rows, row, "label_known", known.Known);
        }
        else if (isMature)
        {
            rows.SetFloat(row, columns.IndexOf("label"), 0);
        }

        SetInt(rows, row, "mature", isMature ? 1 : 0);
    }

    private void WriteScores(RowBatch rows, int row, LogRecord record)
    {
        if (record.Features is { } features)
        {
            WriteRow(rows, row, LogColumns.FeaturePrefix, features);
        }

        SetText(rows, row, "features_hash", record.FeaturesHash);
        rows.SetFloat(row, columns.IndexOf("score"), record.Scores[0]);
        rows.SetFloat(row, columns.IndexOf("raw_score"), record.RawScores[0]);
        if (record.RawScores.Length > 1)
        {
            SetJson(rows, row, "scores", json => LogRecordJson.WriteNumbers(json, record.Scores));
            SetJson(rows, row, "raw_scores", json => LogRecordJson.WriteNumbers(json, record.RawScores));
        }
    }

    private void WriteDecision(RowBatch rows, int row, LogRecord record)
    {
        SetText(rows, row, "step", record.Step);
        SetText(rows, row, "decision", record.Decision);
        if (record.Decision.Length > 0)
        {
            SetJson(rows, row, "decision_reasons", json => LogRecordJson.WriteTexts(json, record.Reasons));
        }

        if (record.Explored > 0)
        {
            rows.SetFloat(row, columns.IndexOf("explored"), record.Explored);
        }

        if (LogRecordJson.HasRoute(record))
        {
            rows.SetText(row, columns.IndexOf("route.label"), Encoding.UTF8.GetBytes(record.Label));
            SetInt(rows, row, "route.bucket", record.Bucket);
            SetInt(rows, row, "route.generation", record.Generation);
        }
    }

    private void WriteTimings(RowBatch rows, int row, LogRecord record)
    {
        SetInt(rows, row, "timing_us.state", record.Timings[0]);
        SetInt(rows, row, "timing_us.features", record.Timings[1]);
        SetInt(rows, row, "timing_us.model", record.Timings[2]);
        SetInt(rows, row, "timing_us.total", record.Timings[3]);
        SetText(rows, row, "trace", record.Trace);
    }

    private void WriteMasked(RowBatch rows, int row, LogRecord record)
    {
        if (record.Masked.Count == 0)
        {
            return;
        }

        SetJson(rows, row, "masked", json => LogRecordJson.WriteTexts(json, LogRecordJson.MaskedOf(record)));
        foreach (int field in record.Masked.Keys)
        {
            if (LogRecordJson.HashOf(record, field) is { } hash)
            {
                SetText(rows, row, LogColumns.RequestPrefix + record.Schema!.Request.Fields[field].Name, hash);
            }
        }
    }

    private void WriteRow(RowBatch rows, int row, string prefix, RowBatch source)
    {
        for (int field = 0; field < source.FieldCount; field++)
        {
            int column = columns.IndexOf(prefix + source.Schema.Fields[field].Name);
            if (column < 0 || !source.IsPresent(0, field))
            {
                continue;
            }

            FieldType type = source.Schema.Fields[field].Type;
            FieldType shown = columns.Fields[column].Type;
            bool isSame = shown.Kind == type.Kind && shown.Scale == type.Scale;
            if (isSame || (shown.Kind == ValueKind.Int && type.Kind == ValueKind.Time))
            {
                rows.Set(row, column, RowCopy.CopyOf(rows, source, type, source.Get(0, field)));
            }
            else
            {
                rows.SetText(row, column, TextOf(source, field));
            }
        }
    }

    // The JSON of the value; without its quotes where it is one text.
    private ReadOnlySpan<byte> TextOf(RowBatch source, int field)
    {
        ReadOnlySpan<byte> json = Json(writer => RecordJson.WriteBareField(writer, source, 0, field));
        return json is [(byte)'"', .., (byte)'"']
            ? Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(json)!)
            : json;
    }

    private void SetJson(RowBatch rows, int row, string column, Action<Utf8JsonWriter> write) =>
        rows.SetText(row, columns.IndexOf(column), Json(write));

    private ReadOnlySpan<byte> Json(Action<Utf8JsonWriter> write)
    {
        _text.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_text))
        {
            write(json);
        }

        return _text.WrittenSpan;
    }

    private void SetText(RowBatch rows, int row, string column, string text)
    {
        if (text.Length > 0)
        {
            rows.SetText(row, columns.IndexOf(column), Encoding.UTF8.GetBytes(text));
        }
    }

    private void SetInt(RowBatch rows, int row, string column, long value) =>
        rows.Set(row, columns.IndexOf(column), value);
}
