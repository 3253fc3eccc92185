using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows.Faults;
using Serving.State.Tests.Redis;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>
/// Any past score is given again, bit for bit: from a log of 5,000 answers (100,000 in the nightly job, or as
/// SERVING_AUDIT says) by four versions, with three swaps and a rollback under load, after all processes were killed
/// once; and one bit changed in what is logged is found.
/// </summary>
public sealed class AuditReplayTests
{
    private const int Cards = 500;

    // State that came too late is another test's matter: here every answer has read its own.
    private const string StateTimeout = "10s";

    // Equal weights and other biases, so that no two versions give one score.
    private static readonly string[] s_biases = ["-1.25", "-1", "-0.75"];
    private static readonly TimeSpan s_mayLose = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("embedded")]
    [InlineData("redis")]
    public async Task Replay_AfterSwapsARollbackAndAKill_GivesEveryScoreAgain(string store)
    {
        int wanted = Nightly.Count(5_000, 100_000, "SERVING_AUDIT");
        using FaultWorld world = new();
        using Hiccups hiccups = new();
        using RedisServer? redis = store == "redis" ? RedisServer.Start() : null;
        File.WriteAllText(world["config.yaml"], "log-compression: none\n");
        string state = redis is null ? world["state"] : $"redis://{redis.Endpoint}";
        var load = new LogLoad(Cards);
        int atRisk;
        await using (ServingProcess server = await StartAsync(world, state))
        {
            using var acts = new HttpClient { BaseAddress = server.Admin, Timeout = Patience.Longest };
            await ActAsync(acts, "PUT", "traffic", """{"split": {"1": 100}}""");
            Task working = load.RunAsync(server, CancellationToken.None);
            await UntilAsync(() => load.Answers.Count >= wanted / 6);
            for (int swap = 1; swap <= 3; swap++)
            {
                world.Publish(swap + 1, s_biases[swap - 1]);
                string gates = """{"errors": "off", "latency": "off", "drift": "off", "missing": "off"}""";
                await ActAsync(
                    acts, "POST", ":publish", $$"""{"version": {{swap + 1}}, "as": "stable", "gates": {{gates}}}""");
                await StableAsync(acts, swap + 1);
                await UntilAsync(() => load.Answers.Count >= wanted * (swap + 1) / 6);
            }

            await ActAsync(acts, "POST", ":rollback", "{}");
            await StableAsync(acts, 3);
            await UntilAsync(() => load.Answers.Count >= wanted * 5 / 6);
            long killedAt = Stopwatch.GetTimestamp();
            TimeSpan mayLose = s_mayLose + hiccups.Recent;
            server.Kill();
            redis?.Kill();
            await working;

            // What was answered in the last moments, and what was under way.
            atRisk = LogLoad.Workers + load.Answers.Values.Count(answer =>
                answer.At > killedAt || Stopwatch.GetElapsedTime(answer.At, killedAt) <= mayLose);
        }

        redis?.Restart();
        await using (ServingProcess server = await StartAsync(world, state))
        {
            using var end = new CancellationTokenSource();
            Task working = load.RunAsync(server, end.Token);
            await UntilAsync(() => load.Answers.Count >= wanted);
            await end.CancelAsync();
            await working;
            Assert.Equal(0, await server.StopAsync());
        }

        Dictionary<long, double> scores = await LogFolderCheck.ScoresAsync(world["log"]);
        long[] without = [.. load.Answers.Keys.Where(id => !scores.ContainsKey(id))];
        Assert.True(without.Length <= atRisk, $"{without.Length} answers have no record, {atRisk} were at risk");
        Assert.All(
            load.Answers.Where(answer => scores.ContainsKey(answer.Key)),
            answer => Assert.Equal(answer.Value.Answer.Score, scores[answer.Key]));
        Assert.Equal([1L, 2, 3, 4], load.Answers.Values.Select(answer => answer.Answer.Version).Distinct().Order());
        await ReplayAsync(world, atRisk, scores.Count);
        foreach (string value in (string[])["score", "feature", "request"])
        {
            await ChangeAsync(world, value);
        }
    }

    // Answers over a key of which the kill took an append are told apart, and there are no more such keys than that.
    private static async Task ReplayAsync(FaultWorld world, int atRisk, int answers)
    {
        string text = await world.ReplayWithoutDifferenceAsync(world["log"]);
        CommandRun run = await CommandRun.OfAsync("replay", world["log"], "--bundles", world.Models, "--json");
        JsonElement report = run.Json;
        Assert.Equal(answers, report.GetProperty("records").GetInt64());
        Assert.Equal(
            answers, report.GetProperty("equal").GetInt64() + report.GetProperty("from_features").GetInt64());
        int lost = report.GetProperty("differences").EnumerateArray()
            .Where(one => one.GetProperty("class").GetString() == "lost")
            .Select(one => long.Parse(one.GetProperty("id").ToString(), CultureInfo.InvariantCulture) % Cards)
            .Distinct().Count();
        Assert.True(lost <= atRisk, $"{lost} keys are lost, {atRisk} were at risk: {text}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"result: audit of {answers} answers: {atRisk} at risk, {lost} keys lost; {text}");
    }

    private static async Task ChangeAsync(FaultWorld world, string value)
    {
        string copy = world["copy"];
        CopyTo(world["log"], copy);
        long id = LogEdit.FlipBit(copy, value, isResealed: false);
        Assert.NotEmpty(await LogFolderCheck.ProblemsAsync(copy));

        CopyTo(world["log"], copy);
        Assert.Equal(id, LogEdit.FlipBit(copy, value, isResealed: true));
        Assert.Empty(await LogFolderCheck.ProblemsAsync(copy));
        CommandRun run = await CommandRun.OfAsync("replay", copy, "--bundles", world.Models, "--json");
        Assert.True(run.ExitCode == 1, $"a bit of a {value} of {id}: {run.Out}");
        Assert.True(run.Json.GetProperty("different").GetInt64() > 0, run.Out);
    }

    private static void CopyTo(string log, string copy)
    {
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(log, "*.plog"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
    }

    private static Task<ServingProcess> StartAsync(FaultWorld world, string state) => ServingProcess.StartAsync(
        world, state, world["records.jsonl"], "--log", world["log"], "--config", world["config.yaml"],
        "--admin-anonymous", "--state-timeout", StateTimeout);

    private static async Task ActAsync(HttpClient client, string method, string act, string body)
    {
        string path = act.StartsWith(':') ? $"/admin/v1/models/pay{act}" : $"/admin/v1/models/pay/{act}";
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task StableAsync(HttpClient client, long version)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        JsonElement labels;
        do
        {
            await Task.Delay(50, patience.Token);
            string table = await client.GetStringAsync(new Uri("/admin/v1/models/pay", UriKind.Relative));
            labels = JsonDocument.Parse(table).RootElement.GetProperty("labels");
        }
        while (labels.GetProperty("stable").GetInt64() != version);
    }

    private static async Task UntilAsync(Func<bool> isReached)
    {
        using var patience = new CancellationTokenSource(Nightly.IsOn ? Patience.Longest * 10 : Patience.Longest);
        while (!isReached())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
