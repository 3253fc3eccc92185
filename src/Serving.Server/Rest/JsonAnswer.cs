using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;

namespace Serving.Server.Rest;

/// <summary>
/// Writes the answer of a scored context as JSON, names as in the .proto. Not safe for use by several threads; reused.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It is pooled, and the writer over its own buffer holds nothing.")]
internal sealed class JsonAnswer
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly Utf8Buffer _cell = new();

    /// <summary>Makes a writer.</summary>
    public JsonAnswer() => _writer = new Utf8JsonWriter(_buffer);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Begins an empty answer.</summary>
    public void Clear()
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
    }

    /// <summary>Writes one object, or with an array of rows an array in their order.</summary>
    public void Write(ScoringContext context, bool isArray, uint decodeUs, uint totalUs)
    {
        if (!isArray)
        {
            WriteRow(context, 0, decodeUs, totalUs);
        }
        else
        {
            _writer.WriteStartArray();
            foreach (int row in context.Order)
            {
                WriteRow(context, row, decodeUs, totalUs);
            }

            _writer.WriteEndArray();
        }

        _writer.Flush();
    }

    private void WriteRow(ScoringContext context, int row, uint decodeUs, uint totalUs)
    {
        int outputs = context.OutputCount;
        ReadOnlySpan<double> scores = context.Scores.Slice(row * outputs, outputs);
        ReadOnlySpan<double> rawScores = context.RawScores.Slice(row * outputs, outputs);
        _writer.WriteStartObject();
        WriteNumber("score"u8, scores[0]);
        WriteNumber("raw_score"u8, rawScores[0]);
        _writer.WriteString("model"u8, context.ModelUtf8);
        _writer.WriteNumber("version"u8, context.Version);
        _writer.WriteBoolean("degraded"u8, context.IsDegradedRow(row));
        _writer.WriteString("step"u8, DecisionWords.Utf8Of(context.StepOf(row)));
        if (context.Log != LogOutcome.None)
        {
            _writer.WriteString("log"u8, LogWords.Utf8Of(context.Log));
        }

        if (context.HasDecisions)
        {
            WriteDecision(context, row);
        }

        _writer.WriteStartObject("timing_us"u8);
        _writer.WriteNumber("decode"u8, decodeUs);
        _writer.WriteNumber("state"u8, context.Timings.StateUs);
        _writer.WriteNumber("features"u8, context.Timings.FeaturesUs);
        _writer.WriteNumber("model"u8, context.Timings.ModelUs);
        _writer.WriteNumber("total"u8, totalUs);
        _writer.WriteEndObject();
        if (context.WantsFeatures && context.Features is { } features)
        {
            WriteFeatures(features, row);
        }

        if (outputs > 1)
        {
            WriteNumbers("scores"u8, scores);
            WriteNumbers("raw_scores"u8, rawScores);
        }

        _writer.WriteEndObject();
    }

    private void WriteDecision(ScoringContext context, int row)
    {
        _writer.WriteString("decision"u8, DecisionWords.Utf8Of(context.DecisionOf(row)));
        _writer.WriteStartArray("decision_reasons"u8);
        foreach (DecisionReason reason in context.DecisionReasonsOf(row))
        {
            _writer.WriteStartObject();
            _writer.WriteString("code"u8, reason.CodeUtf8);
            _writer.WriteString("text"u8, reason.TextUtf8);
            _writer.WriteEndObject();
        }

        _writer.WriteEndArray();
    }

    private void WriteNumbers(ReadOnlySpan<byte> name, ReadOnlySpan<double> values)
    {
        _writer.WriteStartArray(name);
        foreach (double value in values)
        {
            JsonCells.WriteNumber(_writer, value);
        }

        _writer.WriteEndArray();
    }

    private void WriteFeatures(RowBatch features, int row)
    {
        _writer.WriteStartObject("features"u8);
        for (int column = 0; column < features.FieldCount; column++)
        {
            _writer.WritePropertyName(features.Schema.Utf8Name(column));
            if (features.IsPresent(row, column))
            {
                JsonCells.Write(_writer, _cell, features, row, column);
            }
            else
            {
                _writer.WriteNullValue();
            }
        }

        _writer.WriteEndObject();
    }

    private void WriteNumber(ReadOnlySpan<byte> name, double value)
    {
        _writer.WritePropertyName(name);
        JsonCells.WriteNumber(_writer, value);
    }
}
