using System.Text.Json;
using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

/// <summary><c>features check, fmt, explain, lint, test, diff, fit, run</c>: exit codes and output.</summary>
public sealed class FeaturesCommandsTests : IDisposable
{
    private const string WindowScript = """
        features t 1;
        request txn { id: string; at: time; terminal: string; amount: decimal(2); } id id, time at, late 1h;
        window term = txn by terminal last 1d, 30d step 1h;
        feature n = count() over term;
        feature m = sum(amount) over term[1d];
        """;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Diff_OfAWindowAlone_NamesTheWindowAndPrintsNoTextTwice()
    {
        using WorkFolder folder = new();
        const string Old = "features w 1;\nrequest txn { id: string; at: time; card: string; } id id, time at;\n"
            + "window card = txn by card last 1d;\nfeature n = count() over card;\n";
        folder.Write("old.feat", Old);
        folder.Write("new.feat", Old.Replace("last 1d", "last 1d step 1m", StringComparison.Ordinal));
        CommandRun run = await CommandRun.OfAsync("features", "diff", folder["old.feat"], folder["new.feat"]);
        Assert.Equal("~ n: it reads window card, which changed\n1 features differ\n", run.Out);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Run_UnorderedFileWithAnExtraColumn_SaysSoOnce()
    {
        using WorkFolder folder = new();
        folder.Write("w.feat", """
            features w 1;
            request txn { id: string; at: time; card: string; } id id, time at, late 10m;
            window card = txn by card last 1h;
            feature n = count() over card;
            """);
        folder.Write("txn.csv", "id,at,card,x\nb,2025-01-01T00:10:00Z,c1,1\na,2025-01-01T00:00:00Z,c1,1\n");
        CommandRun run = await CommandRun.DoneAsync(
            "features", "run", folder["w.feat"], "--data", "txn=" + folder["txn.csv"], "--out", folder["out.csv"]);
        Assert.Equal("id,n\nb,1\na,0\n", folder.Read("out.csv"));
        Assert.Equal(2, run.Error.Split("ignored 1 columns").Length);
    }

    [Fact]
    public async Task Check_GoodScript_IsOk()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script);
        CommandRun run = await CommandRun.DoneAsync("features", "check", script, "--json");
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        Assert.Contains("ok", (await CommandRun.DoneAsync("features", "check", script)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_TwoMistakes_ShowsBothWithTheirPlaces()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script
            .Replace("amount_v = amount", "amount_v = amont", StringComparison.Ordinal)
            .Replace("city -> vocab(10)", "city -> vocab(-1)", StringComparison.Ordinal));
        JsonElement found = (await CommandRun.OfAsync("features", "check", script, "--json")).Expect(3).Json;
        JsonElement[] diagnostics = [.. found.GetProperty("diagnostics").EnumerateArray()];
        Assert.False(found.GetProperty("ok").GetBoolean());
        Assert.Equal([11, 13], diagnostics.Select(one => one.GetProperty("line").GetInt32()));
        Assert.All(diagnostics, one => Assert.Equal("error", one.GetProperty("severity").GetString()));

        CommandRun text = (await CommandRun.OfAsync("features", "check", script)).Expect(3);
        Assert.Contains($"{script}:11:20 E", text.Out + text.Error, StringComparison.Ordinal);
        Assert.Contains("                     ^^^^^", text.Out + text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fmt_UnformattedScript_IsCanonicalAfterwards()
    {
        string script = _folder.Write(
            "pay.feat",
            SmallModel.Script.Replace("feature age_v = age;", "feature  age_v=age ;", StringComparison.Ordinal));
        CommandRun printed = await CommandRun.DoneAsync("features", "fmt", script);
        Assert.Contains("feature age_v = age;", printed.Out, StringComparison.Ordinal);
        (await CommandRun.OfAsync("features", "fmt", script, "--check")).Expect(1, script);
        await CommandRun.DoneAsync("features", "fmt", script, "--write");
        Assert.Equal(printed.Out, _folder.Read("pay.feat"));
        await CommandRun.DoneAsync("features", "fmt", script, "--check");
        _folder.Write("pay.feat", "features {");
        (await CommandRun.OfAsync("features", "fmt", script, "--write")).Expect(3, "E");
        Assert.Equal(["pay.feat"], _folder.Names);
    }

    [Fact]
    public async Task Explain_Script_ListsFeatures()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script);
        CommandRun run = await CommandRun.DoneAsync("features", "explain", script, "--json");
        Assert.Equal("pay", run.Json.GetProperty("name").GetString());
        Assert.Equal(
            ["amount_v", "age_v", "city_v"],
            run.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
        CommandRun text = await CommandRun.DoneAsync("features", "explain", script);
        Assert.Contains("city_v", text.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15KB", 0)]
    [InlineData("14425", 0)]
    [InlineData("15 KiB", 0)]
    [InlineData("8KB", 3)]
    [InlineData("8XB", 2)]
    public async Task CheckAndExplain_StateBudget_RefuseScriptsAboveIt(string budget, int code)
    {
        string script = _folder.Write("w.feat", WindowScript);
        CommandRun check = await CommandRun.OfAsync("features", "check", script, "--state-budget", budget);
        CommandRun explain = await CommandRun.OfAsync("features", "explain", script, "--state-budget", budget);
        check.Expect(code);
        explain.Expect(code);
        if (code == 3)
        {
            Assert.Contains(
                ":3:1 E090 state of a hot terminal up to 14.4 KB > budget 8 KB", check.Out, StringComparison.Ordinal);
            Assert.Contains("use step 1d", explain.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Explain_Windows_ShowsTheirState()
    {
        string script = _folder.Write("w.feat", WindowScript);
        CommandRun run = await CommandRun.DoneAsync("features", "explain", script, "--json");
        JsonElement state = Assert.Single(run.Json.GetProperty("state").EnumerateArray());
        Assert.Equal("txn", state.GetProperty("event").GetString());
        Assert.Equal(
            run.Json.GetProperty("state_bytes_per_key").GetInt64(), state.GetProperty("bound_bytes").GetInt64());
        Assert.Equal(1, run.Json.GetProperty("reads").GetInt32());
        CommandRun text = await CommandRun.DoneAsync("features", "explain", script);
        Assert.Contains("state of txn by terminal: windows term", text.Out, StringComparison.Ordinal);
        Assert.Contains("tiles    step 1h: 720 x 20 B = 14.4 KB, for term 30d", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_Script_LeavesZero()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script);
        CommandRun run = await CommandRun.DoneAsync("features", "lint", script, "--json");
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        await CommandRun.DoneAsync("features", "lint", script);
    }

    [Fact]
    public async Task Test_PassingAndFailingBlocks_GiveZeroAndOne()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script);
        CommandRun passed = await CommandRun.DoneAsync("features", "test", script, "--json");
        Assert.Equal(1, passed.Json.GetProperty("passed").GetInt32());
        _folder.Write("pay.feat", SmallModel.Script.Replace("== 2.50", "== 2.60", StringComparison.Ordinal));
        CommandRun failed = (await CommandRun.OfAsync("features", "test", script, "--json")).Expect(1);
        Assert.Equal(1, failed.Json.GetProperty("failed").GetInt32());
        CommandRun text = (await CommandRun.OfAsync("features", "test", script)).Expect(1);
        Assert.Contains("FAILED  an amount", text.Out, StringComparison.Ordinal);
        Assert.Contains("2.50", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_SameAndChangedScripts_GiveZeroAndOne()
    {
        string old = _folder.Write("old.feat", SmallModel.Script);
        string same = _folder.Write("same.feat", "# A remark.\n" + SmallModel.Script);
        string changed = _folder.Write(
            "new.feat", SmallModel.Script.Replace("vocab(10)", "vocab(12)", StringComparison.Ordinal));
        CommandRun equal = await CommandRun.DoneAsync("features", "diff", old, same, "--json");
        Assert.True(equal.Json.GetProperty("equal").GetBoolean());
        CommandRun run = (await CommandRun.OfAsync("features", "diff", old, changed, "--json")).Expect(1);
        Assert.Equal(
            ["city_v"],
            run.Json.GetProperty("differences").EnumerateArray().Select(one => one.GetProperty("feature").GetString()));
    }

    [Fact]
    public async Task Fit_MoreDistinctValuesThanMemory_SaysThatItIsApproximate()
    {
        string script = _folder.Write(
            "wide.feat",
            """
            features w 1 zone "UTC";
            request txn { id: int; at: time; n: int; } id id, time at;
            feature wide = n -> quantiles(4, 16);
            """);
        string rows = _folder.Write(
            "rows.csv",
            "id,at,n\n" + string.Concat(Enumerable.Range(0, 200_000).Select(row => $"{row},0,{row * 7L % 199_999}\n")));

        CommandRun run = await CommandRun.DoneAsync(
            "features", "fit", script, "--data", $"txn={rows}", "--memory", "12MiB", "--threads", "1", "--out",
            _folder["s.json"], "--json");

        Assert.Equal("wide", run.Json.GetProperty("approximate")[0].GetString());
        Assert.Contains("approximate: distinct values of wide exceed the memory", run.Error, StringComparison.Ordinal);
        Assert.Contains("\"sketch\":\"kll-4096\"", _folder.Read("s.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fit_Rows_WritesStatisticsOrPrintsThem()
    {
        string script = _folder.Write("pay.feat", SmallModel.Script);
        string rows = _folder.Write("rows.csv", SmallModel.Rows);
        CommandRun run = await CommandRun.DoneAsync(
            "features", "fit", script, "--data", $"txn={rows}", "--out", _folder["s.json"], "--json");
        Assert.Equal(3, run.Json.GetProperty("rows").GetInt32());
        CommandRun piped = await CommandRun.WithInputAsync(
            SmallModel.Rows, "features", "fit", script, "--data", "txn=-", "--format", "csv", "--out", "-");
        Assert.Equal(_folder.Read("s.json"), piped.Expect(0).Out);
        CommandRun some = await CommandRun.DoneAsync(
            "features", "fit", script, "--data", $"txn={rows}", "--until", "2026-01-02T00:00:00Z", "--out",
            _folder["s.json"], "--json");
        Assert.Equal(1, some.Json.GetProperty("rows").GetInt32());
        CommandRun where = await CommandRun.DoneAsync(
            "features", "fit", script, "--data", $"txn={rows}", "--where", "(city == \"Rome\") ?? false", "--out",
            _folder["s.json"], "--json");
        Assert.Equal(2, where.Json.GetProperty("rows").GetInt32());
        Assert.Equal(["pay.feat", "rows.csv", "s.json"], _folder.Names);
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("run")]
    public async Task FitAndRun_BadRowsInSeveralChunks_ShowFiftyAndCountTheRest(string verb)
    {
        // Some 3 MB: several chunks, every hundredth of 60,000 rows is wrong.
        string script = _folder.Write("pay.feat", SmallModel.Script);
        IEnumerable<string> lines = Enumerable.Range(1, 60_000).Select(row =>
            $"r{row},2026-01-01T00:00:00Z,{(row % 100 == 0 ? "many" : "1.25")},20,a city with a long name");
        string rows = _folder.Write("rows.csv", "id,at,amount,age,city\n" + string.Join('\n', lines) + "\n");
        CommandRun run = await CommandRun.OfAsync(
            ["features", verb, script, "--data", $"txn={rows}", "--out", _folder["out.csv"],
                .. verb == "run" ? new[] { "--raw" } : []]);
        run.Expect(3, "rows.csv", "amount", "'many'", "550 more");
        Assert.Equal(50, run.Error.Split('\n').Count(line => line.Contains("'many'", StringComparison.Ordinal)));
        Assert.Equal(["pay.feat", "rows.csv"], _folder.Names);
    }

    [Theory]
    [InlineData("rows.csv", "csv")]
    [InlineData("rows.csv.gz", "csv")]
    [InlineData("rows.tsv", "tsv")]
    [InlineData("rows.jsonl", "jsonl")]
    [InlineData("rows.jsonl.gz", "jsonl")]
    [InlineData("rows.parquet", "csv")]
    public async Task Run_EveryFormat_GivesTheSameRowsAndStdoutIsAsTheFile(string name, string written)
    {
        string script = _folder.Write("copy.feat", """
            features copy 1 zone "UTC";
            request txn { id: string; at: time; amount: decimal(2); age: float?; } id id, time at;
            feature amount_v = amount;
            feature age_v = age;
            """);
        const string Expected = "id,amount_v,age_v,at\n"
            + "a,1.50,20,2026-01-01T00:00:00Z\nb,2.50,,2026-01-02T00:00:00Z\nc,3.50,40.5,2026-01-03T00:00:00Z\n";
        string rows = _folder.Write("source.csv", SmallModel.Rows);
        string[] run = ["features", "run", script, "--raw", "--keep", "at", "--data"];
        await CommandRun.DoneAsync([.. run, $"txn={rows}", "--out", _folder[name]]);
        run =
        [
            "features", "run", script, "--raw", "--keep", "at", "--rename", "amount=amount_v",
            "--rename", "age=age_v", "--data",
        ];
        CommandRun again =
            await CommandRun.DoneAsync([.. run, $"txn={_folder[name]}", "--out", "-", "--format", written]);
        CommandRun byName = await CommandRun.DoneAsync([.. run, $"txn={_folder[name]}", "--out", "-"]);
        Assert.Equal(again.Out, byName.Out);
        CommandRun csv = await CommandRun.DoneAsync([.. run, $"txn={_folder[name]}", "--out", _folder["again.csv"]]);
        Assert.Contains("3 rows", csv.Error, StringComparison.Ordinal);
        Assert.Equal("", csv.Out);
        Assert.Equal(Expected, _folder.Read("again.csv"));
    }

    [Fact]
    public async Task Run_StatisticsOfAnotherScript_AreRefused()
    {
        await SmallModel.PackAsync(_folder);
        string other = _folder.Write(
            "other.feat", SmallModel.Script.Replace("vocab(10)", "vocab(12)", StringComparison.Ordinal));
        CommandRun run = await CommandRun.OfAsync(
            "features", "run", other, "--data", $"txn={_folder["rows.csv"]}", "--statistics",
            _folder["statistics.json"], "--out", _folder["f.csv"]);
        run.Expect(3, "statistics.json");
        run = await CommandRun.OfAsync(
            "features", "run", other, "--data", $"txn={_folder["rows.csv"]}", "--out", _folder["f.csv"]);
        Assert.True(run.ExitCode is 2 or 3, run.Error);
        Assert.Contains("statistics", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("f.csv", _folder.Names);
    }
}
