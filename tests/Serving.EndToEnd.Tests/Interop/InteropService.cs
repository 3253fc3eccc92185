using Google.Protobuf;
using Grpc.Core;

namespace Serving.EndToEnd.Tests.Interop;

/// <summary>The server of the gRPC project's interoperability tests.</summary>
internal sealed class InteropService : TestService.TestServiceBase
{
    /// <summary>A size of answer for which the handler waits until its call is over.</summary>
    public const int NeverAnswered = -1;

    private const string EchoInitial = "x-grpc-test-echo-initial";
    private const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    // The gRPC library compresses answers when the handler names an encoding here.
    private const string CompressAnswer = "grpc-internal-encoding-request";

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        CheckCompression(request.ExpectCompressed, context);
        await EchoAsync(context, request.ResponseCompressed?.Value == true);
        Fail(request.ResponseStatus);
        if (request.ResponseSize == NeverAnswered)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }

        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> answers,
            ServerCallContext context)
    {
        await EchoAsync(context, request.ResponseParameters.Any(parameters => parameters.Compressed?.Value == true));
        await AnswerAsync(request, answers, context);
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requests, ServerCallContext context)
    {
        int size = 0;
        await foreach (StreamingInputCallRequest request in requests.ReadAllAsync())
        {
            CheckCompression(request.ExpectCompressed, context);
            size += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = size };
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requests,
        IServerStreamWriter<StreamingOutputCallResponse> answers,
        ServerCallContext context)
    {
        await EchoAsync(context, isCompressed: false);
        await foreach (StreamingOutputCallRequest request in requests.ReadAllAsync())
        {
            Fail(request.ResponseStatus);
            await AnswerAsync(request, answers, context);
        }
    }

    private static async Task AnswerAsync(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> answers,
            ServerCallContext context)
    {
        foreach (ResponseParameters parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), context.CancellationToken);
            }

            answers.WriteOptions = new WriteOptions(
                parameters.Compressed?.Value == false ? WriteFlags.NoCompress : default);
            await answers.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(parameters.Size) });
        }
    }

    private static void CheckCompression(BoolValue? expected, ServerCallContext context)
    {
        // Whether the message was compressed is gone by now; the header tells what the client could have used.
        if (expected?.Value == true && context.GetHttpContext().Request.Headers[
            "grpc-encoding"].ToString() is "" or "identity")
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the message is not compressed"));
        }
    }

    private static async Task EchoAsync(ServerCallContext context, bool isCompressed)
    {
        var headers = new Metadata();
        if (context.RequestHeaders.Get(EchoInitial) is { } initial)
        {
            headers.Add(initial);
        }

        if (isCompressed)
        {
            headers.Add(CompressAnswer, "gzip");
        }

        if (context.RequestHeaders.Get(EchoTrailing) is { } trailing)
        {
            context.ResponseTrailers.Add(trailing);
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }

    private static void Fail(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
