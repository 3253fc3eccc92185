using Grpc.Core;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows;

/// <summary>Events that are no requests, over both wires.</summary>
public sealed class IngestTests(WindowServer server) : IClassFixture<WindowServer>
{
    private const long Day = 86_400_000;

    [Fact]
    public async Task Ingest_Rows_AreCountedAndSeen()
    {
        var request = new IngestRequest
        {
            Set = "pay",
            Event = "chargeback",
            Rows =
            {
                WindowServer.Chargeback("1", "counted", server.Now - Day, server.Now - 1000),
                WindowServer.Chargeback("1", "counted", server.Now - Day, server.Now - 1000),
                WindowServer.Chargeback("2", "counted", server.Now - (100 * Day), server.Now - 1000),
                WindowServer.Chargeback("3", "counted", server.Now + 6000, server.Now),
            },
        };

        IngestResponse answer = await server.Client.IngestAsync(request);
        ScoreResponse scored = await server.ScoreAsync("a", "counted", server.Now);

        Assert.Equal((1u, 1u, 1u, 1u), (answer.Accepted, answer.Duplicate, answer.Late, answer.Future));
        Assert.Equal(1, WindowServer.Count(scored, "cb_n"));
        Assert.False(scored.Degraded);
        Assert.Contains("state", scored.TimingUs.Keys);
    }

    [Fact]
    public async Task Ingest_Again_IsHarmless()
    {
        var request = new IngestRequest
        {
            Set = "pay",
            Event = "chargeback",
            Rows = { WindowServer.Chargeback("1", "again", server.Now - Day, server.Now - 1000) },
        };

        IngestResponse first = await server.Client.IngestAsync(request);
        IngestResponse second = await server.Client.IngestAsync(request);

        Assert.Equal((1u, 0u), (first.Accepted, first.Duplicate));
        Assert.Equal((0u, 1u), (second.Accepted, second.Duplicate));
        Assert.Equal(1, WindowServer.Count(await server.ScoreAsync("b", "again", server.Now), "cb_n"));
    }

    [Theory]
    [InlineData("nobody", "chargeback", StatusCode.NotFound, "no Ready model uses a feature set 'nobody'")]
    [InlineData("pay", "refund", StatusCode.NotFound, "set 'pay' has no event 'refund'; its events are: chargeback")]
    [InlineData("pay", "txn", StatusCode.InvalidArgument, "'txn' is the request of set 'pay'; score it instead")]
    public async Task Ingest_WrongName_IsNamed(string set, string eventName, StatusCode status, string message)
    {
        var request = new IngestRequest
        {
            Set = set,
            Event = eventName,
            Rows = { WindowServer.Chargeback("1", "wrong", server.Now, server.Now) },
        };

        RpcException refused =
            await Assert.ThrowsAsync<RpcException>(async () => await server.Client.IngestAsync(request));
        (int http, string body) = await server.PostAsync($"/v1/events/{set}/{eventName}", "{}");

        Assert.Equal(status, refused.StatusCode);
        Assert.Contains(message, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(status == StatusCode.NotFound ? 404 : 400, http);
        string name = status == StatusCode.NotFound ? "NOT_FOUND" : "INVALID_ARGUMENT";
        Assert.Contains(name, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingest_OneMalformedRow_RefusesTheCallAndNamesTheRow()
    {
        Row wrong = WindowServer.Chargeback("2", "whole", server.Now - Day, server.Now - 1000);
        wrong.Fields["sum"] = new Value { FloatValue = 1.5 };
        var request = new IngestRequest
        {
            Set = "pay",
            Event = "chargeback",
            Rows = { WindowServer.Chargeback("1", "whole", server.Now - Day, server.Now - 1000), wrong },
        };

        RpcException refused =
            await Assert.ThrowsAsync<RpcException>(async () => await server.Client.IngestAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("rows[1], field 'sum'", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(0, WindowServer.Count(await server.ScoreAsync("c", "whole", server.Now), "cb_n"));
    }

    [Theory]
    [InlineData("""{"cb":"1","at":AT,"known_at":AT,"card":"rest","sum":"1.00"}""",
        200,
        """{"accepted":1,"duplicate":0,"late":0,"future":0}""")]
    [InlineData("""[{"cb":"2","at":AT,"known_at":AT,"card":"rest","sum":2}]""",
        200,
        """{"accepted":1,"duplicate":0,"late":0,"future":0}""")]
    [InlineData("[]", 400, "found no rows")]
    [InlineData("null", 400, "bare value")]
    [InlineData("""{"cb":"3"}{}""", 400, "not JSON")]
    [InlineData("""{"cb":"3","cb":"3"}""", 400, "given twice")]
    [InlineData("""{"cb":"3","other":1}""", 400, "unknown field")]
    [InlineData("""{"cb":"3","at":AT,"known_at":AT,"card":"rest"}""", 400, "field 'sum': missing")]
    [InlineData("""{"cb":"3","at":5}""", 400, "row 0, field 'at': found 5, expected a time since 2000-01-01, "
        + "in milliseconds since 1970; row 0, field 'known_at': missing, expected time; "
        + "row 0, field 'card': missing, expected string; row 0, field 'sum': missing, expected decimal(2)\"")]
    [InlineData("""[{},{},{},{}]""", 400, "row 3, field 'cb': missing, expected string; and 4 more\"")]
    [InlineData("""{"cb":"3","at":5,"known_at":AT,"card":"rest","sum":"1.00"}""", 400, "a time since 2000-01-01")]
    [InlineData("""{"cb":"3","at":AT,"known_at":AT,"card":"rest","sum":"1.001"}""", 400, "field 'sum'")]
    public async Task Rest_Body_IsReadStrictly(string body, int status, string expected)
    {
        (int found, string answer) = await server.PostAsync(
            "/v1/events/pay/chargeback",
            body.Replace("AT", WindowServer.Text(server.Now - 1000), StringComparison.Ordinal));

        Assert.Equal(status, found);
        Assert.Contains(expected, answer.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IngestStream_BadRequest_EndsItBehindTheAnswersBefore()
    {
        using AsyncDuplexStreamingCall<IngestRequest, IngestResponse> stream = server.Client.IngestStream();
        var good = new IngestRequest
        {
            Set = "pay",
            Event = "chargeback",
            Rows = { WindowServer.Chargeback("1", "stream", server.Now - Day, server.Now - 1000) },
        };

        await stream.RequestStream.WriteAsync(good);
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(1u, stream.ResponseStream.Current.Accepted);
        await stream.RequestStream.WriteAsync(new IngestRequest { Set = "pay", Event = "chargeback" });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => stream.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Ingest_Counts_AreMetrics()
    {
        await server.Client.IngestAsync(new IngestRequest
        {
            Set = "pay",
            Event = "chargeback",
            Rows = { WindowServer.Chargeback("m", "metric", server.Now - Day, server.Now - 1000) },
        });

        string page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Contains(
            """serving_ingest_rows_total{event="chargeback",result="accepted",set="pay"}""", page,
            StringComparison.Ordinal);
        Assert.Contains("serving_state_blobs", page, StringComparison.Ordinal);
    }
}
