using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

/// <summary><c>bundle pack, verify, show</c> and <c>score</c>.</summary>
public sealed class BundleCommandsTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pack_IntoModels_TakesTheNextVersion()
    {
        await SmallModel.PackAsync(_folder);
        string[] pack =
        [
            "bundle", "pack", "--name", "pay", "--script", _folder["pay.feat"], "--statistics",
            _folder["statistics.json"], "--model", _folder["linear.json"], "--models", _folder["models"], "--json",
        ];
        CommandRun run = await CommandRun.DoneAsync(pack);
        Assert.Equal(2, run.Json.GetProperty("version").GetInt32());
        Assert.Equal(_folder["models/pay/2"], run.Json.GetProperty("bundle").GetString());
        (await CommandRun.OfAsync([.. pack, "--version", "2"])).Expect(3, "version 2 of 'pay'");
        Assert.Equal(
            ["1", "2"], Directory.GetFileSystemEntries(_folder["models/pay"]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("b")]
    [InlineData("b.bundle")]
    public async Task Pack_ThenVerifyShowAndScore_Agree(string name)
    {
        await SmallModel.PackAsync(_folder);
        await CommandRun.DoneAsync(
            "bundle", "pack", "--name", "pay", "--script", _folder["pay.feat"], "--statistics",
            _folder["statistics.json"], "--model", _folder["linear.json"], "--out", _folder[name]);
        CommandRun verified = await CommandRun.DoneAsync("bundle", "verify", _folder[name], "--json");
        Assert.True(verified.Json.GetProperty("ok").GetBoolean());
        CommandRun text = await CommandRun.DoneAsync("bundle", "verify", _folder[name]);
        Assert.Contains("ok", text.Out, StringComparison.Ordinal);
        CommandRun shown = await CommandRun.DoneAsync("bundle", "show", _folder[name], "--json");
        Assert.Contains("\"pay\"", shown.Out, StringComparison.Ordinal);
        text = await CommandRun.DoneAsync("bundle", "show", _folder[name]);
        Assert.Contains("pay version 1", text.Out, StringComparison.Ordinal);
        CommandRun scored = await CommandRun.DoneAsync(
            "score", "--bundle", _folder[name], "--in", _folder["rows.csv"], "--keep", "city", "--out", "-");
        string[] lines = scored.Out.TrimEnd('\n').Split('\n');
        Assert.Equal("id,score,raw_score,model,version,city", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.Equal(["a", "pay", "1", "Rome"], Cells(lines[1], 0, 3, 4, 5));

        // Rome is the commonest city, id 2: -1.5 + 0.25 * 1.5 - 0.02 * 20 + 0.5.
        Assert.Equal(-1.025, double.Parse(lines[1].Split(',')[2]), 12);
    }

    [Fact]
    public async Task Pack_StateAboveTheBudget_IsRefused()
    {
        string script = _folder.Write("w.feat", """
            features w 1;
            request txn { id: string; at: time; card: string; } id id, time at, late 1h;
            window card = txn by card last 30d step 1h;
            feature n = count() over card;
            """);
        string model = _folder.Write(
            "linear.json",
            """{"format":"serving.linear","version":1,"link":"identity","bias":[1],"dense":{"n":[2]},"ids":{}}""");
        CommandRun run = await CommandRun.OfAsync(
            "bundle", "pack", "--name", "w", "--script", script, "--model", model, "--out", _folder["b"],
            "--state-budget", "8KB");
        run.Expect(3, "E090", "use step 1d");
        (await CommandRun.OfAsync(
            "bundle", "pack", "--name", "w", "--script", script, "--model", model, "--out", _folder["b"],
            "--state-budget", "much")).Expect(2, "--state-budget");
        Assert.False(Directory.Exists(_folder["b"]));
    }

    [Fact]
    public async Task Verify_ChangedByte_IsOne()
    {
        string bundle = await SmallModel.PackAsync(_folder);
        string model = Directory.GetFiles(Path.Combine(bundle, "model")).Single();
        string changed = (await File.ReadAllTextAsync(model)).Replace("0.25", "0.26", StringComparison.Ordinal);
        await File.WriteAllTextAsync(model, changed);
        CommandRun run = (await CommandRun.OfAsync("bundle", "verify", bundle, "--json")).Expect(1);
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
        string? place = run.Json.GetProperty("problems")[0].GetProperty("place").GetString();
        Assert.Contains("linear.json", place, StringComparison.Ordinal);
        CommandRun text = (await CommandRun.OfAsync("bundle", "verify", bundle)).Expect(1);
        Assert.Contains("linear.json", text.Out, StringComparison.Ordinal);
        (await CommandRun.OfAsync("bundle", "show", bundle)).Expect(1);
        (await CommandRun.OfAsync("bundle", "verify", _folder["nothing"])).Expect(1);
        CommandRun score = await CommandRun.OfAsync(
            "score", "--bundle", bundle, "--in", _folder["rows.csv"], "--out", _folder["s.csv"]);
        Assert.True(score.ExitCode is 1 or 3, $"{score.ExitCode} {score.Error}");
        Assert.False(File.Exists(_folder["s.csv"]));
    }

    [Fact]
    public async Task Pack_ModelThatDoesNotFitTheScript_ListsBothSides()
    {
        string script = _folder.Write(
            "pay.feat", SmallModel.Script.Replace("-> vocab(10)", "-> hash(10)", StringComparison.Ordinal));
        string model = _folder.Write("linear.json", SmallModel.Plain);
        CommandRun run = await CommandRun.OfAsync(
            "bundle", "pack", "--name", "pay", "--script", script, "--model", model, "--out", _folder["b"]);
        run.Expect(3, "amount_v", "x");
        run = await CommandRun.OfAsync(
            "bundle", "pack", "--name", "No Name", "--model", model, "--out", _folder["b"]);
        Assert.True(run.ExitCode is 2 or 3, run.Error);
        Assert.Equal(["linear.json", "pay.feat"], _folder.Names);
    }

    [Fact]
    public async Task Score_BundleWithoutScript_TakesFieldsByName()
    {
        string model = _folder.Write("linear.json", SmallModel.Plain);
        await CommandRun.DoneAsync("bundle", "pack", "--name", "plain", "--model", model, "--out", _folder["b"]);
        CommandRun run = await CommandRun.WithInputAsync(
            "x,y\n1,2\n,4\n", "score", "--bundle", _folder["b"], "--in", "-", "--format", "csv", "--out", "-");
        Assert.Equal("id,score,raw_score,model,version\n1,4,4,plain,1\n2,3,3,plain,1\n", run.Expect(0).Out);
    }

    [Fact]
    public async Task Pack_Samples_AreTaken()
    {
        await SmallModel.PackAsync(_folder);
        string samples = _folder.Write("samples.jsonl", """
            {"request": {"id": "a", "at": "2026-01-01T00:00:00Z", "amount": "1.25"}}
            {"request": {"id": "b", "at": "2026-01-02T00:00:00Z", "amount": "2.25", "city": "Rome"}}

            """);
        string[] pack =
        [
            "bundle", "pack", "--name", "pay", "--script", _folder["pay.feat"], "--statistics",
            _folder["statistics.json"], "--model", _folder["linear.json"], "--out", _folder["b"], "--json", "--samples",
        ];
        Assert.Equal(2, (await CommandRun.DoneAsync([.. pack, samples])).Json.GetProperty("samples").GetInt32());
        Assert.Equal(
            3, (await CommandRun.DoneAsync([.. pack, _folder["rows.csv"]])).Json.GetProperty("samples").GetInt32());
        _folder.Write("samples.jsonl", "{\"request\": {\"id\": \"a\"}}\n");
        (await CommandRun.OfAsync([.. pack, samples])).Expect(3, "samples.jsonl");
    }

    private static string[] Cells(string line, params int[] places)
    {
        string[] cells = line.Split(',');
        return [.. places.Select(place => cells[place])];
    }
}
