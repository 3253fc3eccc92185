using System.Globalization;
using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.Data;
using Serving.Data.Time;
using Serving.EndToEnd.Tests.Windows.Faults;
using Serving.Tables;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>
/// The log commands over what a real server wrote: exports agree, labels join, a second server is refused.
/// </summary>
public sealed class LogCommandTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Fact]
    public async Task Export_JsonLinesAndParquet_AgreeValueByValue()
    {
        using FaultWorld world = new();
        await FillAsync(world, 30);
        await CommandRun.DoneAsync("log", "export", world["log"], "--model", "pay", "--out", world["a.jsonl"]);
        await CommandRun.DoneAsync("log", "export", world["log"], "--model", "pay", "--out", world["a.parquet"]);

        JsonElement[] lines =
            [.. File.ReadLines(world["a.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        string[] columns =
        [
            "id", "at", "model", "version", "request.card", "request.amount", "feature.card_n", "feature.card_sum",
            "score", "raw_score", "degraded", "step", "state",
        ];
        Dictionary<string, string>[] rows = ReadParquet(world["a.parquet"], columns);
        Assert.Equal(30, rows.Length);
        Assert.Equal(lines.Length, rows.Length);
        for (int row = 0; row < rows.Length; row++)
        {
            foreach (string column in columns)
            {
                Assert.Equal(TextOf(lines[row], column), rows[row][column]);
            }
        }
    }

    [Fact]
    public async Task Export_LabelsThatComeLate_StandInTheNextExport()
    {
        using FaultWorld world = new();
        await FillAsync(world, 4);
        long now = FaultWorld.NowMs;
        File.WriteAllText(
            world["labels.csv"],
            string.Create(CultureInfo.InvariantCulture, $"txn,fraud,came\n1,true,{now}\n2,0,{now}\n"));
        Assert.Equal(["1 True", "0 True", "null False", "null False"], await LabelsAsync(world, now + 1000));
        File.AppendAllText(
            world["labels.csv"],
            string.Create(CultureInfo.InvariantCulture, $"3,1,{now + 3_600_000}\n2,1,{now + 10}\n"));
        Assert.Equal(["1 True", "1 True", "null False", "null False"], await LabelsAsync(world, now + 1000));
        Assert.Equal(["1 True", "1 True", "1 True", "0 True"], await LabelsAsync(world, now + (31L * 86_400_000)));
    }

    [Fact]
    public async Task Serve_FolderThatAnotherHolds_EndsAndNamesTheHolder()
    {
        using FaultWorld world = new();
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, "memory", world["records.jsonl"], "--log", world["log"]);
        CommandRun second = await CommandRun.OfAsync(
            "serve", "--models", world.Models, "--http-port", "0", "--grpc-port", "0", "--log", world["log"]);
        second.Expect(4, $"process {server.Id}");
        (await CommandRun.OfAsync("log", "repair", world["log"])).Expect(4, $"process {server.Id}");
    }

    [Fact]
    public async Task Masks_KeysAndValues_AreNowhereInTheLogAndReplayOpensThem()
    {
        using FaultWorld world = new();
        File.WriteAllText(world["keys"], $"k1 {Key}\n");
        File.WriteAllText(
            world["config.yaml"], $"log-mask: {{ pay: [card, amount] }}\nlog-key-file: {world["keys"]}\n");
        await FillAsync(world, 20, "--config", world["config.yaml"]);

        foreach (string file in Directory.GetFiles(world["log"]))
        {
            string text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.DoesNotContain("card1", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
        }

        JsonElement closed = (await CommandRun.DoneAsync(
            "replay", world["log"], "--bundles", world.Models, "--json")).Json;
        Assert.Equal(20, closed.GetProperty("masked").GetInt64());
        Assert.Equal(20, closed.GetProperty("from_features").GetInt64());
        Assert.Equal(0, closed.GetProperty("different").GetInt64());

        JsonElement open = (await CommandRun.DoneAsync(
            "replay", world["log"], "--bundles", world.Models, "--key-file", world["keys"], "--json")).Json;
        Assert.Equal(20, open.GetProperty("equal").GetInt64());
        Assert.Equal(0, open.GetProperty("masked").GetInt64());
    }

    [Fact]
    public async Task Masks_WithoutAKey_StopTheStart()
    {
        using FaultWorld world = new();
        File.WriteAllText(world["config.yaml"], "log-mask: { pay: [card] }\n");
        CommandRun run = await CommandRun.OfAsync(
            "serve", "--models", world.Models, "--http-port", "0", "--grpc-port", "0", "--log", world["log"],
            "--config", world["config.yaml"]);
        run.Expect(3, "log-mask", "no key");
    }

    [Fact]
    public async Task Encryption_WholeRecords_AreReadWithTheKeyAlone()
    {
        using FaultWorld world = new();
        File.WriteAllText(world["keys"], $"k1 {Key}\n");
        File.WriteAllText(world["config.yaml"], $"log-encrypt: aes-gcm\nlog-key-file: {world["keys"]}\n");
        await FillAsync(world, 10, "--config", world["config.yaml"]);

        // Rotation: a new key writes, the old one reads.
        File.AppendAllText(world["keys"], $"k2 {Convert.ToBase64String(new byte[32])}\n");
        await FillAsync(world, 10, "--config", world["config.yaml"]);

        Assert.Empty(await LogFolderCheck.ProblemsAsync(world["log"]));
        Assert.Empty(await LogFolderCheck.ScoresAsync(world["log"]));
        JsonElement open = (await CommandRun.DoneAsync(
            "replay", world["log"], "--bundles", world.Models, "--key-file", world["keys"], "--json")).Json;
        Assert.Equal(20, open.GetProperty("records").GetInt64());
        Assert.Equal(20, open.GetProperty("equal").GetInt64());
    }

    private static async Task FillAsync(FaultWorld world, int count, params string[] more)
    {
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, "memory", world["records.jsonl"], ["--log", world["log"], "--log-mode", "strict", .. more]);
        var load = new LogLoad();
        for (int index = 0; index < count; index++)
        {
            Assert.Null(await load.ScoreAsync(server));
        }

        Assert.All(load.Answers.Values, answer => Assert.Equal("durable", answer.Answer.Log));
        Assert.Equal(0, await server.StopAsync());
    }

    private static async Task<string[]> LabelsAsync(FaultWorld world, long asOf)
    {
        await CommandRun.DoneAsync(
            "log", "export", world["log"], "--model", "pay", "--out", world["l.jsonl"], "--labels", world["labels.csv"],
            "--label", "fraud", "--known", "came", "--rename", "id=txn", "--within", "30d", "--as-of",
            asOf.ToString(CultureInfo.InvariantCulture));
        return [.. File.ReadLines(world["l.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)
            .OrderBy(record => record.GetProperty("id").GetInt64())
            .Select(record =>
                $"{record.GetProperty("label").GetRawText()} {record.GetProperty("mature").GetBoolean()}")];
    }

    private static Dictionary<string, string>[] ReadParquet(string file, string[] columns)
    {
        var schema = new RowSchema(
            "log", [.. columns.Select(name => new Field(name, new FieldType(ValueKind.String, Optional: true)))]);
        using IRowSource source = RowReader.Open(file, schema, new RowReaderOptions(ZoneTable.Utc));
        var all = new List<Dictionary<string, string>>();
        var rows = new RowBatch(schema);
        while (source.ReadChunk() is { } chunk)
        {
            using (chunk)
            {
                chunk.Parse(rows, null);
                for (int row = 0; row < rows.RowCount; row++)
                {
                    all.Add(Enumerable.Range(0, columns.Length).ToDictionary(
                        field => columns[field],
                        field => System.Text.Encoding.UTF8.GetString(rows.GetText(row, field))));
                }
            }
        }

        return [.. all];
    }

    private static string TextOf(JsonElement record, string column)
    {
        string[] parts = column.Split('.', 2);
        JsonElement value = parts[0] switch
        {
            "request" => record.GetProperty("request").GetProperty(parts[1]),
            "feature" => record.GetProperty("features").GetProperty(parts[1]),
            _ => record.GetProperty(column),
        };
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }
}
