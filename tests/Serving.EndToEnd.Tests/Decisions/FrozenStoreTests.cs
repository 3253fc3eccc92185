using System.Text.Json.Nodes;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.State.Tests.Redis;

namespace Serving.EndToEnd.Tests.Decisions;

/// <summary>
/// A store that freezes under load (hardening.md, P9): every request is answered inside the server's deadline, by the
/// step without windows or, where too much is missing then, by the one behind it.
/// </summary>
public sealed class FrozenStoreTests
{
    private const int Rate = 500;
    private const int Calls = 1_500;

    [Fact]
    public async Task Load_RedisFreezes_EveryAnswerIsInTimeAndSaysItsStep()
    {
        using RedisServer redis = RedisServer.Start();
        await using DecisionServer server = await DecisionServer.StartAsync("frp", options => options with
        {
            State = StateLocation.Parse($"redis://{redis.Endpoint}")!,
            Deadline = TimeSpan.FromSeconds(1),
            WarmUp = TimeSpan.FromSeconds(1),
        });

        // Open loop: a call is sent when its time has come, whatever became of the others.
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var calls = new List<Task<ScoreResponse>>();
        for (int sent = 0; sent < Calls && await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);)
        {
            for (int call = 0; call < Rate / 100; call++, sent++)
            {
                if (sent == Calls / 3)
                {
                    redis.Signal("STOP");
                }

                // Every third one lacks two features more, so that without windows too much is missing.
                calls.Add(server.Client.ScoreAsync(new ScoreRequest
                {
                    Model = "pay",
                    Row = DecisionServer.Payment($"c{sent}", "100.00", isPlaced: sent % 3 != 0),
                }).ResponseAsync);
            }
        }

        ScoreResponse[] answers = await Task.WhenAll(calls);
        redis.Signal("CONT");

        // What is placed lacks one feature of four without windows, which is allowed.
        Assert.All(answers.Where((_, sent) => sent % 3 != 0), answer =>
            Assert.Contains(answer.Step, (string[])["full", "windows_missing"]));
        Assert.All(answers.Where((_, sent) => sent % 3 == 0), answer => Assert.Equal("request_model", answer.Step));
        Assert.All(answers, answer => Assert.Equal(answer.Step != "full", answer.Degraded));
        ScoreResponse[] frozen = [.. answers.Skip(Calls / 2)];
        Assert.DoesNotContain(frozen, answer => answer.Step == "full");
        Assert.Contains(answers, answer => answer.Step == "full");

        // Record and metric say the same.
        JsonObject[] records = server.ReadRecords();
        Assert.Equal(Calls, records.Length);
        foreach (string step in new[] { "full", "windows_missing", "request_model" })
        {
            int answered = answers.Count(answer => answer.Step == step);
            Assert.Equal(answered, records.Count(record => (string?)record["step"] == step));
            Assert.Equal(answered, await server.MetricAsync("serving_steps_total", "step", step));
        }

        Assert.Equal(Calls, await server.ReplayAsync());
    }
}
