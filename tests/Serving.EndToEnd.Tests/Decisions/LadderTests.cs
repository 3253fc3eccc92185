using System.Text.Json.Nodes;
using Grpc.Core;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Decisions;

/// <summary>
/// Every step of the ladder on the real server (hardening.md 43 and 69): the answer comes inside the server's deadline,
/// and step and decision are the same in the answers of both wires, in the record, in the metrics and in a replay.
/// </summary>
public sealed class LadderTests
{
    // A first call on a busy machine takes long; the bundle's own default is DefaultDeadlineTests' matter.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);

    // What answers at the deadline has milliseconds left for code that may not have run yet.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(200);

    // amount 100: the model's score is 0.5, the request model's 0.73; 200: 0.88.
    [Theory]
    [InlineData(ScorerFault.None, "frp", "100.00", true, "full", "approve", "")]
    [InlineData(ScorerFault.None, "frp", "200.00", true, "full", "review", "R60")]
    [InlineData(ScorerFault.None, "frp", "250.00", true, "full", "decline", "R90")]
    [InlineData(ScorerFault.None, "frp", "5000.01", true, "full", "decline", "R99")]
    [InlineData(ScorerFault.None, "frp", "100.00", false, "request_model", "review", "R60")]
    [InlineData(ScorerFault.None, "rp", "100.00", false, "policy", "review", "R00")]
    [InlineData(ScorerFault.None, "rp", "5000.01", false, "rules", "decline", "R12")]
    [InlineData(ScorerFault.Throws, "frp", "100.00", true, "request_model", "review", "R60")]
    [InlineData(ScorerFault.Throws, "rp", "5000.01", true, "rules", "decline", "R12")]
    [InlineData(ScorerFault.Throws, "p", "5000.01", true, "policy", "review", "R00")]
    [InlineData(ScorerFault.GivesNaN, "frp", "100.00", true, "request_model", "review", "R60")]
    [InlineData(ScorerFault.GivesNaN, "rp", "100.00", true, "policy", "review", "R00")]
    [InlineData(ScorerFault.Hangs, "frp", "100.00", true, "request_model", "review", "R60")]
    [InlineData(ScorerFault.Hangs, "rp", "5000.01", true, "rules", "decline", "R12")]
    [InlineData(ScorerFault.Hangs, "p", "100.00", true, "policy", "review", "R00")]
    public async Task Answer_EveryStep_IsTheSameEverywhere(
        ScorerFault fault, string has, string amount, bool isPlaced, string step, string decision, string reason)
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            has, options => options with { Deadline = s_deadline, WarmUp = s_warmUp });
        server.Scorers.Fault = fault;

        // An answer that is not DEADLINE_EXCEEDED came inside the server's deadline, which is the library's too.
        ScoreResponse answer = await server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = DecisionServer.Payment("a", amount, isPlaced: isPlaced) });
        Assert.Equal((step, decision), (answer.Step, answer.Decision));
        Assert.Equal(step != "full", answer.Degraded);
        Assert.Equal(reason, string.Join(',', answer.DecisionReasons.Select(item => item.Code)));

        JsonObject json = await server.PostAsync("b", amount, isPlaced);
        Assert.Equal(
            (step, decision, answer.Score),
            ((string?)json["step"], (string?)json["decision"], (double)json["score"]!));
        Assert.Equal(step != "full", (bool)json["degraded"]!);

        JsonObject[] records = server.ReadRecords();
        Assert.Equal(["a", "b"], records.Select(record => (string?)record["id"]));
        Assert.All(records, record => Assert.Equal(
            (step, decision, reason),
            ((string?)record["step"], (string?)record["decision"],
                string.Join(',', record["decision_reasons"]!.AsArray()))));
        Assert.Equal(2, await server.MetricAsync("serving_steps_total", "step", step));
        Assert.Equal(2, await server.MetricAsync("serving_decisions_total", "decision", decision));
        Assert.Equal(2, await server.ReplayAsync());
    }

    [Theory]
    [InlineData(ScorerFault.Throws, StatusCode.Internal)]
    [InlineData(ScorerFault.GivesNaN, StatusCode.InvalidArgument)]
    public async Task Answer_NoFurtherStep_IsTheError(ScorerFault fault, StatusCode code)
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "", options => options with { Deadline = s_deadline });
        server.Scorers.Fault = fault;
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = DecisionServer.Payment("a", "1.00") }).ResponseAsync);
        Assert.Equal(code, refused.StatusCode);
    }

    [Fact]
    public async Task Answer_FeaturesMissingAndNoFurtherStep_IsFlagged()
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "", options => options with { Deadline = s_deadline });
        ScoreResponse answer = await server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = DecisionServer.Payment("a", "100.00", isPlaced: false) });
        Assert.Equal(("full", "approve", true), (answer.Step, answer.Decision, answer.Degraded));
        Assert.Equal(1, await server.ReplayAsync());
    }

    [Theory]
    [InlineData("", "High risk")]
    [InlineData("cs", "Vysoké riziko")]
    [InlineData("de", "High risk")]
    public async Task Reasons_Language_OnBothWires(string language, string text)
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "p", options => options with { Deadline = s_deadline });
        ScoreResponse answer = await server.Client.ScoreAsync(new ScoreRequest
        {
            Model = "pay",
            Row = DecisionServer.Payment("a", "200.00"),
            Options = new Options { Language = language },
        });
        Assert.Equal(text, Assert.Single(answer.DecisionReasons).Text);
        JsonObject json = await server.PostAsync("b", "200.00", isPlaced: true, $"?language={language}");
        Assert.Equal(text, (string?)json["decision_reasons"]![0]!["text"]);
    }

    [Fact]
    public async Task Batch_Rows_HaveTheirOwnSteps()
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "frp", options => options with { Deadline = s_deadline });
        ScoreBatchResponse answer = await server.Client.ScoreBatchAsync(new ScoreBatchRequest
        {
            Model = "pay",
            Rows =
            {
                DecisionServer.Payment("a", "100.00"),
                DecisionServer.Payment("b", "100.00", isPlaced: false),
            },
        });
        Assert.Equal("request_model", answer.Step);
        Assert.True(answer.Degraded);
        Assert.Equal(["full", "request_model"], answer.Rows.Select(row => row.Step));
        Assert.Equal(["approve", "review"], answer.Rows.Select(row => row.Decision));
        Assert.Equal([0u, 1u], answer.Index);
    }

    [Fact]
    public async Task Stream_Answers_SayTheirSteps()
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "frp", options => options with { Deadline = s_deadline });
        using AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> stream = server.Client.ScoreStream();
        await stream.RequestStream.WriteAsync(
            new ScoreRequest { Model = "pay", Row = DecisionServer.Payment("a", "100.00", isPlaced: false) });
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(
            ("request_model", "review"), (stream.ResponseStream.Current.Step, stream.ResponseStream.Current.Decision));
        await stream.RequestStream.CompleteAsync();
    }

    // A client that waits less than the ladder is told so.
    [Fact]
    public async Task Answer_ClientsOwnDeadline_IsDeadlineExceededAllTheSame()
    {
        await using DecisionServer server = await DecisionServer.StartAsync(
            "p", options => options with { Deadline = s_deadline });
        server.Scorers.Fault = ScorerFault.Hangs;
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => server.Client.ScoreAsync(
            new ScoreRequest { Model = "pay", Row = DecisionServer.Payment("a", "1.00") },
            deadline: DateTime.UtcNow.AddMilliseconds(100)).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Theory]
    [InlineData("p", null, 50)]
    [InlineData("", null, 1000)]
    [InlineData("p", 700, 700)]
    public async Task Deadline_OfTheBundle_IsItsOwnDefault(string has, int? configured, int expectedMs)
    {
        ServerOptions? used = null;
        await using DecisionServer server = await DecisionServer.StartAsync(has, options => used = options with
        {
            Deadline = configured is { } given ? TimeSpan.FromMilliseconds(given) : null,
        });
        Assert.Equal(Serving.Data.ErrorCode.None, server.Host.Engine.Rent("pay", 0, out var context));
        using (context)
        {
            Assert.Equal(
                TimeSpan.FromMilliseconds(expectedMs),
                new ModelDeadlines(used!, TimeProvider.System).Of(context!));
        }
    }
}
