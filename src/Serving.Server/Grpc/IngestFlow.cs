using System.Diagnostics.CodeAnalysis;
using System.Text;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Ingest;
using Serving.Server.Grpc.Wire;
using Serving.Server.Hosting;
using Serving.Server.Telemetry;

namespace Serving.Server.Grpc;

/// <summary>
/// One ingest request from its bytes to its answer's bytes. Every row is read before the store is asked, so that a
/// malformed one refuses the whole call. Safe for use by several threads.
/// </summary>
internal sealed class IngestFlow
{
    private const string Malformed = "the request is not a well-formed protobuf message";

    private readonly InferenceEngine _engine;
    private readonly IngestMetrics _metrics;
    private readonly int _rowsMax;

    /// <summary>Makes the flow.</summary>
    public IngestFlow(InferenceEngine engine, IngestMetrics metrics, ServerOptions options)
    {
        _engine = engine;
        _metrics = metrics;
        _rowsMax = options.RowsMax;
    }

    /// <summary>Answers a call; with an error the call says why.</summary>
    public async ValueTask<ErrorCode> RunAsync(IngestCall call, CancellationToken cancellation)
    {
        using IngestContext? context = Read(call);
        ErrorCode code = call.Code;
        if (context is not null)
        {
            code = await _engine.IngestAsync(context, cancellation);
            if (code == ErrorCode.None)
            {
                call.Encode(context);
                _metrics.CountRows(context);
            }
            else
            {
                call.Refuse(code, context.ErrorMessage);
            }
        }

        _metrics.CountCall(code);
        return code;
    }

    /// <summary>Rents a context and fills it; null when the request is refused.</summary>
    [SuppressMessage(
        "Reliability", "CA2000", Justification = "The caller disposes it, or the method does before it returns null.")]
    private IngestContext? Read(IngestCall call)
    {
        IngestHead head = IngestHead.Read(call.Payload);
        if (!CheckHead(call, head))
        {
            return null;
        }

        ErrorCode code = _engine.RentIngest(
            Encoding.UTF8.GetString(head.Set), Encoding.UTF8.GetString(head.Event), out IngestContext? context,
            out string why);
        if (code != ErrorCode.None)
        {
            call.Refuse(code, why);
            return null;
        }

        if (ReadRows(call, context!))
        {
            return context;
        }

        context!.Dispose();
        return null;
    }

    private bool CheckHead(IngestCall call, in IngestHead head)
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

        return head.RowCount <= _rowsMax
            || call.Refuse(
                ErrorCode.InvalidArgument, $"found {head.RowCount} rows, expected at most {_rowsMax}");
    }

    private static bool ReadRows(IngestCall call, IngestContext context)
    {
        int row = 0;
        var reader = new ProtoReader(call.Payload);
        while (reader.NextField(out uint tag))
        {
            if (tag != IngestHead.TagRows)
            {
                reader.Skip(tag);
                continue;
            }

            if (!call.Decoder.TryRead(reader.ReadBytes(), context.Schema, default, context.Rows, row++))
            {
                return call.Refuse(ErrorCode.Internal, Malformed);
            }
        }

        return call.Problems.Count == 0 || call.Refuse(ErrorCode.InvalidArgument, call.Problems.ToString());
    }
}
