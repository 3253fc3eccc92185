using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serving.Cli.Tests.Golden;
using Serving.Cli.Tests.Running;
using Serving.Client;
using Serving.Protocol.V1;
using Serving.Server.Hosting;
using Serving.Testing;

namespace Serving.Cli.Tests.Adult;

/// <summary>
/// Real rows from file to score: fit, features, another tool's trees, bundle, offline scores, and the same scores from
/// a server over both wires.
/// </summary>
public sealed class AdultTests
{
    // The published trees of the data set's source reach 0.9275 on these rows.
    private const double AucMin = 0.925;
    private const int BatchRows = 500;
    private const int RestRows = 100;

    [Fact]
    public async Task Adult_FromFileToServer_GivesTheSameBitsEverywhere()
    {
        string? train = SharedFiles.Find("data/adult/adult_train.csv.gz");
        string? test = SharedFiles.Find("data/adult/adult_test.csv.gz");
        Assert.SkipWhen(train is null || test is null, "shared/data/adult is absent");
        await PythonTools.RequireAsync();
        using WorkFolder folder = new();
        string script = Path.Combine(AppContext.BaseDirectory, "Adult", "adult.feat");
        await TrainAsync(folder, script, train!, test!);
        await CommandRun.DoneAsync(
            "bundle", "pack", "--name", "adult", "--script", script, "--statistics", folder["statistics.json"],
            "--model", folder["model.json"], "--models", folder["models"]);
        string bundle = folder["models/adult/1"];
        await CommandRun.DoneAsync("bundle", "verify", bundle);
        await CommandRun.DoneAsync(
            [
                "score", "--bundle", bundle, "--in", test!, .. Generated, "--keep", "income",
                "--out", folder["scores.csv"],
            ]);
        IEnumerable<string> lines = folder.Read("scores.csv").TrimEnd('\n').Split('\n').Skip(1);
        string[][] scored = [.. lines.Select(line => line.Split(','))];
        double[] offline = [.. scored.Select(row => double.Parse(row[1]))];

        AdultRows rows = new(test!);
        Assert.Equal(rows.Count, offline.Length);
        double auc = RankQuality.Auc(offline, rows.Labels);
        TestContext.Current.TestOutputHelper?.WriteLine($"AUC {auc:F4} on {rows.Count} rows");
        Assert.True(auc >= AucMin, $"AUC {auc}");
        await ComparePathsAsync(folder, script, test!, scored);
        await using ServerHost host = await TestHost.StartAsync(folder["models"]);
        await CompareGrpcAsync(host, rows, offline);
        await CompareRestAsync(host, rows, offline);
    }

    private static readonly string[] Generated = ["--rename", "id=@row", "--rename", "at=@2020-01-01T00:00:00Z"];

    private static async Task TrainAsync(WorkFolder folder, string script, string train, string test)
    {
        string statistics = folder["statistics.json"];
        await CommandRun.DoneAsync(
            ["features", "fit", script, "--data", $"person={train}", .. Generated, "--out", statistics]);
        foreach ((string file, string name) in ((string, string)[])[(train, "train"), (test, "test")])
        {
            await CommandRun.DoneAsync(
                ["features", "run", script, "--data", $"person={file}", .. Generated, "--statistics", statistics,
                    "--keep", "income", "--out", folder["features.csv"]]);
            folder.Write($"{name}-features.csv", folder.Read("features.csv")
                .Replace(",<=50K\n", ",0\n", StringComparison.Ordinal)
                .Replace(",>50K\n", ",1\n", StringComparison.Ordinal));
        }

        string tool = Path.Combine(SharedFiles.Repository, "models-sample", "tools", "train_xgboost.py");
        (int exitCode, string output) = await PythonTools.RunAsync(
            tool, folder.Root, "income", folder["model.json"], "--trees", "300", "--depth", "4", "--eta", "0.1");
        Assert.True(exitCode == 0, output);
    }

    // The interpreter's features through the model alone give what the compiled pipeline of the bundle gives.
    private static async Task ComparePathsAsync(WorkFolder folder, string script, string test, string[][] scored)
    {
        string[] run =
        [
            "features", "run", script, "--data", $"person={test}", .. Generated, "--statistics",
            folder["statistics.json"], "--out",
        ];
        await CommandRun.DoneAsync([.. run, folder["compiled.csv"]]);
        await CommandRun.DoneAsync([.. run, folder["interpreted.csv"], "--interpreter"]);
        Assert.Equal(folder.Read("compiled.csv"), folder.Read("interpreted.csv"));

        // The model holds no names, so its columns are taken by their order, without the id.
        IEnumerable<string> lines = folder.Read("interpreted.csv").TrimEnd('\n').Split('\n');
        folder.Write("inputs.csv", string.Join('\n', lines.Select(line => line[(line.IndexOf(',') + 1)..])) + "\n");
        await CommandRun.DoneAsync(
            "model", "score", "--model", folder["model.json"], "--in", folder["inputs.csv"], "--output",
            "prediction,raw", "--out", folder["model.csv"]);
        GoldenCsv direct = GoldenCsv.Read(folder["model.csv"]);
        Assert.Equal(scored.Select(row => double.Parse(row[1])), direct.Column("pred_0"));
        Assert.Equal(scored.Select(row => double.Parse(row[2])), direct.Column("raw_0"));
    }

    private static async Task CompareGrpcAsync(ServerHost host, AdultRows rows, double[] offline)
    {
        using ServingClient client = new(host.GrpcAddress);
        List<double> answers = [];
        for (int first = 0; first < rows.Count; first += BatchRows)
        {
            ScoreBatchRequest request = new() { Model = "adult" };
            request.Rows.AddRange(
                Enumerable.Range(first, Math.Min(BatchRows, rows.Count - first)).Select(rows.Row));
            ScoreBatchResponse answer = await client.ScoreBatchAsync(request, TimeSpan.FromMinutes(1));
            Assert.Equal(request.Rows.Count, answer.Score.Count);
            answers.AddRange(answer.Score);
        }

        Assert.Equal(offline, answers);
    }

    private static async Task CompareRestAsync(ServerHost host, AdultRows rows, double[] offline)
    {
        using ServingClient client = new(host.GrpcAddress);
        using HttpClient http = new() { BaseAddress = host.HttpAddress };
        for (int row = 0; row < RestRows; row++)
        {
            using StringContent content =
                new(rows.Json(row), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage answer =
                await http.PostAsync(new Uri("/v1/score/adult", UriKind.Relative), content);
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            Assert.True(answer.IsSuccessStatusCode, $"{document.RootElement}");
            ScoreResponse single = await client.ScoreAsync("adult", rows.Row(row), TimeSpan.FromSeconds(30));
            Assert.Equal(offline[row], document.RootElement.GetProperty("score").GetDouble());
            Assert.Equal(offline[row], single.Score);
            Assert.Equal(single.RawScore, document.RootElement.GetProperty("raw_score").GetDouble());
        }
    }
}
