using System.Diagnostics.CodeAnalysis;
using System.Text;
using Serving.Data;
using Serving.Data.Time;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Models.Tensors;
using Serving.Server.Grpc.Wire;
using Serving.Server.Hosting;
using Serving.Server.Telemetry;

namespace Serving.Server.Grpc;

/// <summary>
/// One Predict request. Completes synchronously where the model runs in the caller's thread. Safe for use by several
/// threads; allocates nothing of its own for a request of tensors that is right.
/// </summary>
internal sealed class PredictFlow(
    InferenceEngine engine, ServerMetrics metrics, ServerOptions options, TimeProvider time) : AnswerFlow(time)
{
    private const string Malformed = "the request is not a well-formed protobuf message";

    [SuppressMessage("Reliability", "CA2000", Justification = "It is the result, or disposed where it is none.")]
    protected override ScoringContext? Read(ScoreCall call)
    {
        TensorHead head = TensorHead.Read(call.Payload);
        ScoringContext? context = null;
        if (head.IsMalformed)
        {
            call.Refuse(ErrorCode.Internal, Malformed);
        }
        else if (head.Version < 0)
        {
            call.Refuse(ErrorCode.InvalidArgument, $"found version {head.Version}, expected 1 or more, or 0 for none");
        }
        else
        {
            ErrorCode code = engine.RentTensors(head.Model, head.Version, out context);
            if (code != ErrorCode.None)
            {
                call.Refuse(code, engine.Explain(Encoding.UTF8.GetString(head.Model), head.Version));
            }
        }

        if (context is null)
        {
            metrics.Unknown.Count(call.Code);
            return null;
        }

        if (InferenceEngine.Reroute(context) is { } other)
        {
            context.Dispose();
            context = other;
        }

        if (Fill(call, head, context))
        {
            return context;
        }

        metrics.Of(context.Model, context.Version).Count(call.Code);
        context.Conclude(call.Code, 0);
        context.Dispose();
        return null;
    }

    protected override ValueTask<ErrorCode> StartAsync(
        ScoreCall call, ScoringContext context, long decoded, CancellationToken cancellation)
    {
        TimeSpan left = options.BatchDeadline - Time.GetElapsedTime(call.BeganAt, decoded);
        return engine.PredictAsync(context, left, cancellation);
    }

    protected override ErrorCode End(ScoreCall call, ScoringContext context, ErrorCode code, long decoded)
    {
        if (code != ErrorCode.None)
        {
            call.Refuse(code, context.ErrorMessage);
        }
        else if (!IsEncodable(call, context.Tensor.Call!))
        {
            code = call.Code;
        }

        VersionMeters meters = metrics.Of(context.Model, context.Version);
        meters.Count(code);
        context.Conclude(code, Time.MicrosecondsBetween(call.ReceivedAt, Time.GetTimestamp()));
        if (code == ErrorCode.None)
        {
            Encode(call, context, decoded, meters);
        }

        return code;
    }

    private static bool Fill(ScoreCall call, in TensorHead head, ScoringContext context)
    {
        if (context.Tensor.Model is not { } model)
        {
            return call.Refuse(
                ErrorCode.FailedPrecondition,
                $"version {context.Version} of model '{context.Model}' is scored by rows: call Score");
        }

        int signature = SignatureOf(head.Signature, model);
        if (signature < 0)
        {
            string known = string.Join(", ", model.Signatures.Select(one => one.Name));
            return call.Refuse(
                ErrorCode.InvalidArgument,
                $"found signature '{Encoding.UTF8.GetString(head.Signature)}', expected one of {known}");
        }

        if (!TensorDecoder.TryRead(call.Payload, context.Tensor.Begin(signature), call.Problems))
        {
            return call.Refuse(ErrorCode.Internal, Malformed);
        }

        return call.Problems.Count == 0 || call.Refuse(ErrorCode.InvalidArgument, call.Problems.ToString());
    }

    private static int SignatureOf(ReadOnlySpan<byte> name, TensorModel model)
    {
        Span<char> text = stackalloc char[256];
        return Encoding.UTF8.TryGetChars(name, text, out int length)
            ? model.SignatureIndex(text[..length])
            : model.SignatureIndex(Encoding.UTF8.GetString(name));
    }

    private static bool IsEncodable(ScoreCall call, TensorCall tensors)
    {
        if (TensorEncoder.FirstUneven(tensors) is { } uneven)
        {
            return call.Refuse(
                ErrorCode.Unimplemented, $"output '{uneven}' has maps of unequal sizes, which REST alone can answer");
        }

        return TensorEncoder.IsSendable(tensors)
            || call.Refuse(ErrorCode.ResourceExhausted, "the answer is over 256 MiB; ask for fewer outputs");
    }

    private void Encode(ScoreCall call, ScoringContext context, long decoded, VersionMeters meters)
    {
        long ran = Time.GetTimestamp();
        TensorEncoder.Write(call.Response, context, context.Tensor.Call!);
        long end = Time.GetTimestamp();
        meters.Record(Stage.Decode, Time.MicrosecondsBetween(call.ReceivedAt, decoded));
        meters.Record(Stage.Model, context.Timings.ModelUs);
        meters.Record(Stage.Encode, Time.MicrosecondsBetween(ran, end));
        meters.Record(Stage.Total, Time.MicrosecondsBetween(call.ReceivedAt, end));
    }
}
