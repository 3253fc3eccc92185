using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Grpc;

using Duplex = AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse>;

/// <summary>Case 40 of the bad inputs, and streams that their client leaves.</summary>
public sealed class StreamTests
{
    private const int MessagesMax = 100_000;

    // What HTTP/2's windows and the pipes behind them hold of answers nobody reads; more is not scored.
    private const int UnreadMax = 10_000;

    [Fact]
    public async Task ScoreStream_AnswersUnread_StopsTakingMessages()
    {
        await using var server = new TestServer();
        await server.InitializeAsync();
        using Duplex stream = server.Client.ScoreStream();

        // The wait only tells that no more is taken; were it too short, fewer messages would be sent.
        int sent = 1;
        Task write = stream.RequestStream.WriteAsync(Samples.Request());
        await write;
        Assert.Equal(1, await Metric.WaitForAsync(server, Metric.Scored, 1));
        while (sent < MessagesMax && await IsDoneAsync(write))
        {
            write = stream.RequestStream.WriteAsync(Samples.Request());
            sent++;
        }

        double scored = await Metric.ReadAsync(server, Metric.Scored);
        Assert.InRange(sent, 1, MessagesMax - 1);
        Assert.InRange(scored, 1, Math.Min(sent, UnreadMax));
        Assert.InRange(await Metric.ReadAsync(server, Metric.InFlight), 0, 1);

        for (int answer = 0; answer < sent; answer++)
        {
            Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        }

        await write;
        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, stream.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData("idle")]
    [InlineData("answers unread")]
    [InlineData("connection gone")]
    public async Task ScoreStream_ClientLeaves_IsNoFault(string how)
    {
        using var log = new LogSink();
        await using (TestServer server = log.Observe())
        {
            await server.InitializeAsync();
            using Duplex stream = server.Client.ScoreStream();
            await stream.RequestStream.WriteAsync(Samples.Request());
            Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
            Task write = Task.CompletedTask;
            while (how == "answers unread" && await IsDoneAsync(write))
            {
                write = stream.RequestStream.WriteAsync(Samples.Request());
            }

            if (how == "connection gone")
            {
                server.Channel.Dispose();
            }

            stream.Dispose();
            await write.ContinueWith(_ => { }, TaskScheduler.Default);
            await AssertAnswersAsync(server);
        }

        // The server has stopped, and with it every call that could still log.
        Assert.Empty(log.Faults);
    }

    private static async Task<bool> IsDoneAsync(Task write)
    {
        if (!write.IsCompleted)
        {
            await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1)));
        }

        return write.IsCompletedSuccessfully;
    }

    private static async Task AssertAnswersAsync(TestServer server)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync(new Uri("/livez", UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode);
    }
}
