using System.Diagnostics.CodeAnalysis;
using System.Text;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Server.Grpc.Wire;
using Serving.Server.Rows;

namespace Serving.Server.Grpc;

/// <summary>
/// From the bytes of a score request to a rented context whose rows are filled: the head first, because it says which
/// version's schema the rows have, then the rows. Safe for use by several threads; allocates nothing for a request that
/// is right.
/// </summary>
internal sealed class ScoreDecoder
{
    private const string Malformed = "the request is not a well-formed protobuf message";

    private readonly InferenceEngine _engine;
    private readonly int _rowsMax;

    /// <summary>Makes a decoder.</summary>
    /// <param name="engine">Knows the versions.</param>
    /// <param name="rowsMax">Most rows of a batch.</param>
    public ScoreDecoder(InferenceEngine engine, int rowsMax)
    {
        _engine = engine;
        _rowsMax = rowsMax;
    }

    /// <summary>
    /// Reads the request of a call. Null when it is refused: the call then says why. The caller disposes the context.
    /// </summary>
    [SuppressMessage(
        "Reliability", "CA2000", Justification = "The caller disposes it, or the method does before it returns null.")]
    public ScoringContext? Read(ScoreCall call)
    {
        ReadOnlySpan<byte> payload = call.Payload;
        ScoreHead head = call.IsBatch ? ScoreHead.ReadBatch(payload) : ScoreHead.ReadScore(payload);
        if (!CheckHead(call, head))
        {
            return null;
        }

        ErrorCode code = _engine.Rent(head.Model, head.Version, head.Label, out ScoringContext? context);
        if (code != ErrorCode.None)
        {
            call.Refuse(code, _engine.Explain(
                Encoding.UTF8.GetString(head.Model), head.Version, Encoding.UTF8.GetString(head.Label)));
            return null;
        }

        if (!ReadRows(call, head, context!))
        {
            return Refused(call, context!);
        }

        // What the split sends to another version is read again, into that version's rows.
        if (InferenceEngine.Reroute(context!) is not { } other)
        {
            return context;
        }

        context!.Dispose();
        return ReadRows(call, head, other) ? other : Refused(call, other);
    }

    private static ScoringContext? Refused(ScoreCall call, ScoringContext context)
    {
        context.Conclude(call.Code, 0);
        context.Dispose();
        return null;
    }

    private static bool CheckHead(ScoreCall call, in ScoreHead head)
    {
        if (head.IsMalformed)
        {
            return call.Refuse(ErrorCode.Internal, Malformed);
        }

        if (head.SkippedCount > RowDecoder.UnknownFieldsMax)
        {
            return call.Refuse(
                ErrorCode.InvalidArgument,
                $"found {head.SkippedCount} unknown protobuf fields, expected at most {RowDecoder.UnknownFieldsMax}");
        }

        if (head.RowCount > 1)
        {
            return call.Refuse(
                ErrorCode.InvalidArgument,
                    call.IsBatch ? "found 'shared' twice" : "found 'row' twice, expected one row");
        }

        return CheckOptions(call, head);
    }

    private static bool CheckOptions(ScoreCall call, in ScoreHead head)
    {
        if (head.Version < 0)
        {
            return call.Refuse(ErrorCode.InvalidArgument, $"found version {head.Version}, expected 0 or more");
        }

        if (head.Reasons > 0)
        {
            return call.Refuse(ErrorCode.Unimplemented, "reasons are not offered by this version of the server");
        }

        return head.Version == 0 || head.Label.Length == 0
            || call.Refuse(ErrorCode.InvalidArgument, "found a version and a label, expected one of them");
    }

    private bool ReadRows(ScoreCall call, in ScoreHead head, ScoringContext context)
    {
        ReadOnlySpan<int> places = default;
        if (head.SchemaHash != 0 && !context.Schema.TryPlacesOf(head.SchemaHash, out places))
        {
            return call.Refuse(
                ErrorCode.FailedPrecondition,
                $"unknown schema_hash {head.SchemaHash}; the current one of model '{context.Model}' version "
                + $"{context.Version} is {context.Schema.Published.Hash}");
        }

        context.WantsFeatures = head.WantsFeatures;
        context.ScoreOnly = head.ScoreOnly;
        context.UseLanguage(head.Language);
        bool good = call.IsBatch
            ? ReadBatch(call, head, places, context)
            : call.Decoder.TryRead(head.Row, context.Schema, places, context.Rows, RequestProblems.NoRow);
        if (!good)
        {
            return call.Code != ErrorCode.None ? false : call.Refuse(ErrorCode.Internal, Malformed);
        }

        return call.Problems.Count == 0 || call.Refuse(ErrorCode.InvalidArgument, call.Problems.ToString());
    }

    private bool ReadBatch(ScoreCall call, in ScoreHead head, ReadOnlySpan<int> places, ScoringContext context)
    {
        context.TopK = (int)Math.Min(head.TopK, int.MaxValue);
        if (head.RowCount > 0
            && !call.Decoder.TryRead(head.Row, context.Schema, places, context.Shared, RequestProblems.SharedRow))
        {
            return false;
        }

        int row = 0;
        var reader = new ProtoReader(call.Payload);
        while (reader.NextField(out uint tag))
        {
            if (tag != ScoreHead.TagRows)
            {
                reader.Skip(tag);
                continue;
            }

            if (row == _rowsMax)
            {
                return call.Refuse(
                    ErrorCode.InvalidArgument, $"found more than {_rowsMax} rows, expected at most as many");
            }

            if (!call.Decoder.TryRead(reader.ReadBytes(), context.Schema, places, context.Rows, row++))
            {
                return false;
            }
        }

        return true;
    }
}
