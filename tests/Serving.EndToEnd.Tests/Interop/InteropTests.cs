using Google.Protobuf;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Grpc;

namespace Serving.EndToEnd.Tests.Interop;

/// <summary>
/// The gRPC project's interoperability cases: its own client where there is one, the compressed four by ours.
/// </summary>
public sealed class InteropTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("empty_unary")]
    [InlineData("large_unary")]
    [InlineData("client_streaming")]
    [InlineData("server_streaming")]
    [InlineData("ping_pong")]
    [InlineData("empty_stream")]
    [InlineData("timeout_on_sleeping_server")]
    [InlineData("cancel_after_begin")]
    [InlineData("cancel_after_first_response")]
    [InlineData("status_code_and_message")]
    [InlineData("special_status_message")]
    [InlineData("custom_metadata")]
    [InlineData("unimplemented_method")]
    [InlineData("unimplemented_service")]
    [InlineData("rpc_soak")]
    [InlineData("channel_soak")]
    public async Task Case_OfTheOfficialClient_Passes(string name)
    {
        (int code, string output) = await TestTools.RunAsync(
            TestTools.Find("grpc-interop-client"),
            [
                "-server_host", "127.0.0.1", "-server_port", $"{server.GrpcPort}", "-test_case", name,
                "-soak_iterations", "5", "-soak_min_time_ms_between_rpcs", "0",

                // Right answers are asked for, not quick ones.
                "-soak_per_iteration_max_acceptable_latency_ms", "60000", "-soak_overall_timeout_seconds", "100",
            ]);

        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CompressedUnary_BothWays_Passes(bool isCompressed)
    {
        var client = new TestService.TestServiceClient(server.Channel);
        var headers = new Metadata();
        if (isCompressed)
        {
            headers.Add("grpc-internal-encoding-request", "gzip");
        }

        var request = new SimpleRequest
        {
            ResponseSize = 314_159,
            ExpectCompressed = new BoolValue { Value = isCompressed },
            ResponseCompressed = new BoolValue { Value = isCompressed },
            Payload = new Payload { Body = ByteString.CopyFrom(new byte[271_828]) },
        };
        using AsyncUnaryCall<SimpleResponse> call = client.UnaryCallAsync(request, headers);

        Assert.Equal(314_159, (await call).Payload.Body.Length);

        // The client library hides the encoding of an answer.
        var raw = await RawGrpc.SendAsync(
            server.Host.GrpcAddress,
            RawGrpc.Frame(new SimpleRequest { ResponseSize = 1000,
                ResponseCompressed = request.ResponseCompressed }.ToByteArray()),
            "/grpc.testing.TestService/UnaryCall",
            headers: ("grpc-accept-encoding", "gzip"));
        Assert.Equal(isCompressed, raw.Headers.TryGetValues(
            "grpc-encoding", out IEnumerable<string>? found) && found.Contains("gzip"));
    }

    [Fact]
    public async Task CompressedUnary_ProbeThatIsNotCompressed_IsInvalidArgument()
    {
        var client = new TestService.TestServiceClient(server.Channel);
        var request = new SimpleRequest { ExpectCompressed = new BoolValue { Value = true }, Payload = new Payload() };

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.UnaryCallAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task CompressedStreams_BothWays_Pass()
    {
        var client = new TestService.TestServiceClient(server.Channel);
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> up =
            client.StreamingInputCall(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        await up.RequestStream.WriteAsync(Part(27_182, isCompressed: true));
        up.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await up.RequestStream.WriteAsync(Part(45_904, isCompressed: false));
        await up.RequestStream.CompleteAsync();
        Assert.Equal(73_086, (await up).AggregatedPayloadSize);

        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.Add(
            new ResponseParameters { Size = 31_415, Compressed = new BoolValue { Value = true } });
        request.ResponseParameters.Add(
            new ResponseParameters { Size = 92_653, Compressed = new BoolValue { Value = false } });
        using AsyncServerStreamingCall<StreamingOutputCallResponse> down = client.StreamingOutputCall(request);
        List<int> sizes = [];
        await foreach (StreamingOutputCallResponse answer in down.ResponseStream.ReadAllAsync())
        {
            sizes.Add(answer.Payload.Body.Length);
        }

        Assert.Equal([31_415, 92_653], sizes);
    }

    // Before the library's own message limit, which looks at compressed bytes alone.
    [Fact]
    public async Task CompressedUnary_ThatInflatesBeyondTheLimit_IsResourceExhausted()
    {
        var client = new TestService.TestServiceClient(server.Channel);
        var request = new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[64 << 20]) } };

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.UnaryCallAsync(request, new Metadata { { "grpc-internal-encoding-request", "gzip" } }));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    private static StreamingInputCallRequest Part(int size, bool isCompressed) => new()
    {
        ExpectCompressed = new BoolValue { Value = isCompressed },
        Payload = new Payload { Body = ByteString.CopyFrom(new byte[size]) },
    };
}
