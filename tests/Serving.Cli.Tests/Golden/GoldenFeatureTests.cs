using System.Text.Json;
using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Golden;

/// <summary>The other implementation's feature cases through the command line, byte for byte.</summary>
public sealed class GoldenFeatureTests
{
    private const string Root = "data/golden/features";

    public static TheoryData<string> Accepted() => SharedCases.In(Root, "hand", "random");

    public static TheoryData<string> Refused() => SharedCases.In(Root, "refused");

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task FitAndRun_GoldenRows_GiveGoldenFiles(string name)
    {
        string folder = SharedCases.Folder(Root, name);
        string script = Path.Combine(folder, "script.feat");
        JsonElement check = (await CommandRun.OfAsync("features", "check", script, "--json")).Json;
        Assert.True(check.GetProperty("ok").GetBoolean(), $"{check}");

        using WorkFolder work = new();
        string[] rows =
        [
            .. Directory.GetFiles(Path.Combine(folder, "data")).Order(StringComparer.Ordinal)
                .SelectMany(data => new[] { "--data", $"{Path.GetFileNameWithoutExtension(data)}={data}" }),
        ];
        await CommandRun.DoneAsync(["features", "fit", script, .. rows, "--out", work["statistics.json"]]);
        foreach (string[] engine in (string[][])[[], ["--interpreter"], ["--threads", "3", "--memory", "1KiB"]])
        {
            string[] run =
                ["features", "run", script, .. rows, "--statistics", work["statistics.json"], .. engine];
            await CommandRun.DoneAsync([.. run, "--raw", "--out", work["raw.csv"]]);
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected.csv")), work.Read("raw.csv"));
            CommandRun piped = await CommandRun.DoneAsync([.. run, "--out", "-"]);
            Assert.Equal(File.ReadAllText(Path.Combine(folder, "expected-encoded.csv")), piped.Out);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Check_GoldenMistake_IsRefusedAtItsPlace(string name)
    {
        string folder = SharedCases.Folder(Root, name);
        CommandRun run = await CommandRun.OfAsync(
            "features", "check", Path.Combine(folder, "script.feat"), "--json");
        run.Expect(3);
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        JsonElement first = run.Json.GetProperty("diagnostics")[0];
        foreach (string member in (string[])["code", "line", "column"])
        {
            Assert.Equal($"{expected.RootElement.GetProperty(member)}", $"{first.GetProperty(member)}");
        }
    }
}
