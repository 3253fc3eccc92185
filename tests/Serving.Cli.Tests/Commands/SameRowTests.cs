using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serving.Cli.Tests.Golden;
using Serving.Cli.Tests.Running;
using Serving.Client;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.Cli.Tests.Commands;

/// <summary>One row by every way there is: the same bits.</summary>
public sealed class SameRowTests
{
    [Fact]
    public async Task Row_OverGrpcRestBatchAndInterpreter_GivesTheSameBits()
    {
        using WorkFolder folder = new();
        string bundle = await SmallModel.PackAsync(folder);
        CommandRun offline = await CommandRun.DoneAsync(
            "score", "--bundle", bundle, "--in", folder["rows.csv"], "--out", "-");
        string[][] scored = [.. offline.Out.TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(','))];
        foreach (string[] engine in (string[][])[[], ["--interpreter"]])
        {
            await CommandRun.DoneAsync(
                ["features", "run", folder["pay.feat"], "--data", $"txn={folder["rows.csv"]}", "--statistics",
                    folder["statistics.json"], "--out", folder["features.csv"], .. engine]);
            await CommandRun.DoneAsync(
                "model", "score", "--model", folder["linear.json"], "--in", folder["features.csv"], "--output",
                "prediction,raw", "--out", folder["model.csv"]);
            GoldenCsv direct = GoldenCsv.Read(folder["model.csv"]);
            Assert.Equal(scored.Select(row => double.Parse(row[1])), direct.Column("pred_0"));
            Assert.Equal(scored.Select(row => double.Parse(row[2])), direct.Column("raw_0"));
        }

        await using ServerHost host = await TestHost.StartAsync(folder["models"]);
        using ServingClient client = new(host.GrpcAddress);
        using HttpClient http = new() { BaseAddress = host.HttpAddress };
        string[] lines = SmallModel.Rows.TrimEnd('\n').Split('\n');
        string[] names = lines[0].Split(',');
        for (int number = 0; number < scored.Length; number++)
        {
            string[] cells = lines[number + 1].Split(',');
            ScoreResponse grpc = await client.ScoreAsync("pay", Message(names, cells), TimeSpan.FromSeconds(30));
            using StringContent content =
                new(Json(names, cells), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage answer =
                await http.PostAsync(new Uri("/v1/score/pay", UriKind.Relative), content);
            using var rest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            double score = double.Parse(scored[number][1]);
            Assert.Equal(score, grpc.Score);
            Assert.Equal(score, rest.RootElement.GetProperty("score").GetDouble());
            Assert.Equal(double.Parse(scored[number][2]), grpc.RawScore);
            Assert.Equal(grpc.RawScore, rest.RootElement.GetProperty("raw_score").GetDouble());
        }
    }

    private static Row Message(string[] names, string[] cells)
    {
        Row row = new();
        foreach ((string name, string cell) in names.Zip(cells).Where(pair => pair.Second.Length > 0))
        {
            row.Fields[name] = name == "age"
                ? new Value { FloatValue = double.Parse(cell) }
                : new Value { StringValue = cell };
        }

        return row;
    }

    private static string Json(string[] names, string[] cells) => "{" + string.Join(
        ',', names.Zip(cells).Where(pair => pair.Second.Length > 0).Select(pair =>
            pair.First == "age" ? $"\"age\":{pair.Second}" : $"\"{pair.First}\":\"{pair.Second}\"")) + "}";
}
