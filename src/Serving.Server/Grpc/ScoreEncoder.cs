using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.Server.Grpc.Wire;

namespace Serving.Server.Grpc;

/// <summary>
/// Writes the answer of a scored context as <c>ScoreResponse</c> or <c>ScoreBatchResponse</c>. Allocates nothing after
/// warm-up.
/// </summary>
internal static class ScoreEncoder
{
    // ScoreResponse.
    private const int Score = 1;
    private const int RawScore = 2;
    private const int Model = 3;
    private const int Version = 4;
    private const int Degraded = 5;
    private const int Timing = 6;
    private const int Features = 7;
    private const int Scores = 9;
    private const int RawScores = 10;
    private const int DecisionWord = 11;
    private const int Step = 12;
    private const int Reasons = 13;

    // DecisionReason.
    private const int ReasonCode = 1;
    private const int ReasonText = 2;

    private const int Log = 14;

    // ScoreBatchResponse.
    private const int BatchModel = 1;
    private const int BatchVersion = 2;
    private const int BatchDegraded = 3;
    private const int BatchIndex = 4;
    private const int BatchScore = 5;
    private const int BatchRawScore = 6;
    private const int BatchTiming = 7;
    private const int BatchRows = 8;
    private const int BatchLog = 10;
    private const int BatchStep = 9;

    // An entry of a map.
    private const int Key = 1;
    private const int Value = 2;

    /// <summary>Writes a <c>ScoreResponse</c> of the first row.</summary>
    public static void WriteScore(ProtoWriter writer, ScoringContext context, uint decodeUs, uint totalUs)
    {
        WriteRow(writer, context, 0);
        writer.WriteBytes(Model, context.ModelUtf8);
        writer.WriteUInt(Version, (ulong)context.Version);
        WriteTimings(writer, Timing, context.Timings, decodeUs, totalUs);
        writer.WriteBytes(Log, LogWords.Utf8Of(context.Log));
    }

    /// <summary>Writes a <c>ScoreBatchResponse</c> of the rows to answer.</summary>
    public static void WriteBatch(ProtoWriter writer, ScoringContext context, uint decodeUs, uint totalUs)
    {
        ReadOnlySpan<int> order = context.Order;
        writer.WriteBytes(BatchModel, context.ModelUtf8);
        writer.WriteUInt(BatchVersion, (ulong)context.Version);
        WriteDegraded(writer, BatchDegraded, context.IsDegraded);
        WriteIndex(writer, order);
        WriteFirstOutputs(writer, BatchScore, context.Scores, context.OutputCount, order);
        WriteFirstOutputs(writer, BatchRawScore, context.RawScores, context.OutputCount, order);
        WriteTimings(writer, BatchTiming, context.Timings, decodeUs, totalUs);
        writer.WriteBytes(BatchStep, DecisionWords.Utf8Of(context.Step));
        writer.WriteBytes(BatchLog, LogWords.Utf8Of(context.Log));
        if (!context.WantsFeatures && context.OutputCount == 1 && !context.HasDecisions)
        {
            return;
        }

        foreach (int row in order)
        {
            int start = writer.BeginMessage(BatchRows);
            WriteRow(writer, context, row);
            writer.EndMessage(start);
        }
    }

    private static void WriteRow(ProtoWriter writer, ScoringContext context, int row)
    {
        int outputs = context.OutputCount;
        ReadOnlySpan<double> scores = context.Scores.Slice(row * outputs, outputs);
        ReadOnlySpan<double> rawScores = context.RawScores.Slice(row * outputs, outputs);
        writer.WriteDouble(Score, scores[0]);
        writer.WriteDouble(RawScore, rawScores[0]);
        WriteDegraded(writer, Degraded, context.IsDegradedRow(row));
        writer.WriteBytes(Step, DecisionWords.Utf8Of(context.StepOf(row)));
        WriteDecision(writer, context, row);
        if (context.WantsFeatures && context.Features is { } features)
        {
            FeatureValues.Write(writer, Features, features, row);
        }

        if (outputs > 1)
        {
            WritePacked(writer, Scores, scores);
            WritePacked(writer, RawScores, rawScores);
        }
    }

    private static void WriteDecision(ProtoWriter writer, ScoringContext context, int row)
    {
        writer.WriteBytes(DecisionWord, DecisionWords.Utf8Of(context.DecisionOf(row)));
        foreach (DecisionReason reason in context.DecisionReasonsOf(row))
        {
            int start = writer.BeginMessage(Reasons);
            writer.WriteBytes(ReasonCode, reason.CodeUtf8);
            writer.WriteBytes(ReasonText, reason.TextUtf8);
            writer.EndMessage(start);
        }
    }

    private static void WriteDegraded(ProtoWriter writer, int field, bool isDegraded)
    {
        if (isDegraded)
        {
            writer.WriteUInt(field, 1);
        }
    }

    private static void WriteIndex(ProtoWriter writer, ReadOnlySpan<int> order)
    {
        if (order.Length == 0)
        {
            return;
        }

        int bytes = 0;
        foreach (int row in order)
        {
            bytes += ProtoWriter.VarintSize((uint)row);
        }

        writer.BeginPacked(BatchIndex, bytes);
        foreach (int row in order)
        {
            writer.WriteVarint((uint)row);
        }
    }

    private static void WriteFirstOutputs(
        ProtoWriter writer, int field, ReadOnlySpan<double> values, int outputs, ReadOnlySpan<int> order)
    {
        if (order.Length == 0)
        {
            return;
        }

        writer.BeginPacked(field, order.Length * sizeof(double));
        foreach (int row in order)
        {
            writer.WriteBareDouble(values[row * outputs]);
        }
    }

    private static void WritePacked(ProtoWriter writer, int field, ReadOnlySpan<double> values)
    {
        writer.BeginPacked(field, values.Length * sizeof(double));
        foreach (double value in values)
        {
            writer.WriteBareDouble(value);
        }
    }

    private static void WriteTimings(
        ProtoWriter writer, int field, in StageTimings timings, uint decodeUs, uint totalUs)
    {
        WriteTiming(writer, field, "decode"u8, decodeUs);
        WriteTiming(writer, field, "state"u8, timings.StateUs);
        WriteTiming(writer, field, "features"u8, timings.FeaturesUs);
        WriteTiming(writer, field, "model"u8, timings.ModelUs);
        WriteTiming(writer, field, "total"u8, totalUs);
    }

    private static void WriteTiming(ProtoWriter writer, int field, ReadOnlySpan<byte> name, uint microseconds)
    {
        int start = writer.BeginMessage(field);
        writer.WriteBytes(Key, name);
        writer.WriteUInt(Value, microseconds);
        writer.EndMessage(start);
    }
}
