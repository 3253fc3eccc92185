using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.State;

namespace Serving.Engine.Predictions.Log;

/// <summary>Writes one row of a scored context as a frame that is not sealed yet (docs/prediction-log.md).</summary>
internal static class AnswerFrame
{
    /// <summary>Flag: window values were missing, or a step below the full one answered.</summary>
    public const ushort Degraded = 1;

    /// <summary>Flag: nothing was learned.</summary>
    public const ushort ScoreOnly = 2;

    /// <summary>Flag: there is no answer; the record is there for what was appended.</summary>
    public const ushort Refused = 4;

    /// <summary>Flag: the hash of the features stands where they would.</summary>
    public const ushort HashedFeatures = 8;

    /// <summary>Flag: there are no features, since a step that needs none answered.</summary>
    public const ushort NoFeatures = 16;

    /// <summary>Place of the request's row in the payload, as an offset from the payload's front.</summary>
    public const int RequestAt = 8;

    /// <summary>Bytes of the hash of features.</summary>
    public const int HashSize = 16;

    /// <summary>Stands for the place of a log: the event is the frame's own.</summary>
    public const ushort OwnEvent = ushort.MaxValue;

    private const int TraceSize = 16;

    /// <summary>Replaces what the buffer holds by a row's frame.</summary>
    [HotPath]
    public static void Write(LogBytes bytes, ScoringContext context, int row, LogSource source, long at, bool hashes)
    {
        bytes.Clear();
        LogFrame.Begin(bytes.Append(LogFrame.HeaderSize), LogFrameKind.Answer, at);
        bool isRefused = context.Error != ErrorCode.None;
        WriteHead(bytes, context, row, source, hashes, isRefused);
        WriteRoute(bytes, context.Route);
        WriteDecision(bytes, context, row);
        WriteScores(bytes, context, row, isRefused);
        WriteState(bytes, context, row);
        int request = bytes.Length - LogFrame.HeaderSize;
        source.Request.Write(bytes, context.Rows, row);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.Written[(LogFrame.HeaderSize + RequestAt)..], request);
        if (!isRefused && HasFeatures(context, row))
        {
            WriteFeatures(bytes, context, row, source, hashes);
        }
    }

    [HotPath]
    private static bool HasFeatures(ScoringContext context, int row) =>
        context.Features is { } features && features.RowCount > row;

    [HotPath]
    private static void WriteHead(
        LogBytes bytes, ScoringContext context, int row, LogSource source, bool hashes, bool isRefused)
    {
        bytes.WriteUInt32(source.Schema.Id);
        int flags = context.IsDegradedRow(row) ? Degraded : 0;
        flags |= context.ScoreOnly ? ScoreOnly : 0;
        flags |= isRefused ? Refused : 0;
        flags |= hashes ? HashedFeatures : 0;
        flags |= HasFeatures(context, row) ? 0 : NoFeatures;
        bytes.WriteUInt16((ushort)flags);
        bytes.WriteUInt16((ushort)context.Error);
        bytes.WriteUInt32(0);
        StageTimings timings = context.Timings;
        bytes.WriteUInt32(timings.StateUs);
        bytes.WriteUInt32(timings.FeaturesUs);
        bytes.WriteUInt32(timings.ModelUs);
        bytes.WriteUInt32(timings.TotalUs);
        Span<byte> trace = bytes.Append(TraceSize);
        if (Activity.Current is { } activity)
        {
            activity.TraceId.CopyTo(trace);
        }
        else
        {
            trace.Clear();
        }
    }

    // Label, bucket and generation of the split.
    [HotPath]
    private static void WriteRoute(LogBytes bytes, in RequestRoute route)
    {
        bytes.WriteText(route.Label);
        bytes.WriteUInt16((ushort)(route.Bucket + 1));
        bytes.WriteInt64(route.Generation);
    }

    // Step, decision, explored share, codes of the reasons.
    [HotPath]
    private static void WriteDecision(LogBytes bytes, ScoringContext context, int row)
    {
        bytes.WriteText(DecisionWords.Utf8Of(context.StepOf(row)));
        bytes.WriteText(DecisionWords.Utf8Of(context.DecisionOf(row)));
        bytes.WriteDouble(context.ExploredOf(row));
        ReadOnlySpan<DecisionReason> reasons = context.DecisionReasonsOf(row);
        bytes.WriteVarint((uint)reasons.Length);
        foreach (DecisionReason reason in reasons)
        {
            bytes.WriteText(reason.CodeUtf8);
        }
    }

    [HotPath]
    private static void WriteScores(LogBytes bytes, ScoringContext context, int row, bool isRefused)
    {
        int scores = isRefused ? 0 : context.ScoreCount;
        bytes.WriteVarint((uint)scores);
        for (int index = 0; index < scores; index++)
        {
            bytes.WriteDouble(context.Scores[(row * scores) + index]);
        }

        int outputs = isRefused ? 0 : context.OutputCount;
        bytes.WriteVarint((uint)outputs);
        for (int index = 0; index < outputs; index++)
        {
            bytes.WriteDouble(context.RawScores[(row * outputs) + index]);
        }
    }

    [HotPath]
    private static void WriteState(LogBytes bytes, ScoringContext context, int row)
    {
        int countAt = bytes.Length;
        bytes.WriteUInt16(0);
        int count = WriteOwnState(bytes, context, row);
        if (context.Feeding is { } feeding)
        {
            foreach (IngestWriter writer in feeding.Writers)
            {
                count += WriteAdded(bytes, writer, feeding.Batch, row);
            }
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bytes.Written[countAt..], (ushort)count);
    }

    [HotPath]
    private static int WriteOwnState(LogBytes bytes, ScoringContext context, int row)
    {
        if (context.Windows is not { } windows)
        {
            return 0;
        }

        int count = 0;
        int logs = context.Served.Pipeline.Windows!.Logs.Length;
        for (int log = 0; log < logs; log++)
        {
            int access = windows.AccessOf(row, log);
            if (access >= 0)
            {
                WriteAccess(bytes, log, windows.Batch.Accesses[access]);
                count++;
            }
        }

        return count;
    }

    /// <summary>Writes what a row appended to logs of other versions, or an ingested one to its logs.</summary>
    [HotPath]
    public static int WriteAdded(LogBytes bytes, IngestWriter writer, StateBatch batch, int row)
    {
        IReadOnlyList<(int Access, int Row, int Log)> added = writer.Added;
        int count = 0;
        for (int index = 0; index < added.Count; index++)
        {
            if (added[index].Row == row)
            {
                WriteAccess(bytes, OwnEvent, batch.Accesses[added[index].Access]);
                count++;
            }
        }

        return count;
    }

    /// <summary>
    /// Writes an access: place of its log or event 2, outcome 1, set 4, digest 8, epoch 4, length read 4, length behind
    /// the own append 4.
    /// </summary>
    [HotPath]
    public static void WriteAccess(LogBytes bytes, int log, in StateAccess access)
    {
        bytes.WriteUInt16((ushort)log);
        bytes.WriteByte((byte)access.Outcome);
        bytes.WriteUInt32(access.Key.Set);
        bytes.WriteInt64((long)access.Key.Digest);
        bytes.WriteUInt32(access.Epoch);
        bytes.WriteUInt32((uint)access.StateLength);
        bytes.WriteUInt32((uint)access.After);
    }

    [HotPath]
    private static void WriteFeatures(LogBytes bytes, ScoringContext context, int row, LogSource source, bool hashes)
    {
        int start = bytes.Length;
        source.Features!.Write(bytes, context.Features!, row);
        if (hashes)
        {
            UInt128 hash = XxHash128.HashToUInt128(bytes.Written[start..]);
            bytes.CutTo(start);
            BinaryPrimitives.WriteUInt128LittleEndian(bytes.Append(HashSize), hash);
        }
    }
}
