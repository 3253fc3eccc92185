using System.Text.Json;
using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Golden;

/// <summary>
/// Models of other tools through <c>model show</c> and <c>model score</c>, against the tools' answers.
/// </summary>
public sealed class GoldenModelTests
{
    public static TheoryData<string> Cases() =>
        SharedCases.In("data/golden", "lightgbm", "xgboost-1.7", "xgboost-2.1", "xgboost-3");

    public static TheoryData<string> Malformed() =>
        SharedCases.In("data/golden/malformed", "lightgbm", "xgboost-json", "xgboost-ubj");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Score_GoldenRows_GivesTheToolsAnswers(string name)
    {
        string folder = SharedCases.Folder("data/golden", name);
        using WorkFolder work = new();
        string model = Directory.GetFiles(folder, "model.*").Single();
        string leaves = Path.Combine(folder, "leaf.csv");
        string columns = File.Exists(leaves) ? "raw,prediction,leaf" : "raw,prediction";
        await CommandRun.DoneAsync(
            "model", "score", "--model", model, "--in", Input(folder, work), "--output", columns,
            "--out", work["scores.csv"]);
        GoldenCsv scores = GoldenCsv.Read(work["scores.csv"]);
        bool isLightGbm = name.StartsWith("lightgbm", StringComparison.Ordinal);
        (double absolute, double relative) = isLightGbm ? (1e-12, 1e-12) : (2e-6, 1e-5);
        AssertClose(GoldenCsv.Read(Path.Combine(folder, "expected.csv")), scores, absolute, relative);
        if (File.Exists(leaves))
        {
            AssertClose(GoldenCsv.Read(leaves), scores, 0, 0);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Show_GoldenModel_SaysWhatItIs(string name)
    {
        string folder = SharedCases.Folder("data/golden", name);
        CommandRun run = await CommandRun.DoneAsync(
            "model", "show", Directory.GetFiles(folder, "model.*").Single(), "--json");
        string tool = name.StartsWith("lightgbm", StringComparison.Ordinal) ? "lightgbm" : "xgboost";
        Assert.Equal(tool, run.Json.GetProperty("tool").GetString(), ignoreCase: true);
        Assert.Equal("kernel", run.Json.GetProperty("runs_by").GetString());
        using var described = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        if (described.RootElement.TryGetProperty("inputs", out JsonElement inputs))
        {
            Assert.Equal(
                inputs.EnumerateArray().Select(input => input.GetProperty("name").GetString()),
                run.Json.GetProperty("features").EnumerateArray().Select(one => one.GetProperty("name").GetString()));
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Show_MalformedModel_IsRefusedWithAReason(string name)
    {
        string folder = SharedCases.Folder("data/golden/malformed", name);
        string model = Directory.GetFiles(folder, "model.*").Single();
        CommandRun run = await CommandRun.OfAsync("model", "show", model, "--json");
        run.Expect(3, model, "expected");
        Assert.Equal("", run.Out);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Pack_MalformedModel_LeavesNothing(string name)
    {
        string folder = SharedCases.Folder("data/golden/malformed", name);
        using WorkFolder work = new();
        CommandRun run = await CommandRun.OfAsync(
            "bundle", "pack", "--name", "bad", "--model", Directory.GetFiles(folder, "model.*").Single(),
            "--out", work["bundle"]);
        run.Expect(3);
        Assert.Empty(work.Names);
    }

    // XGBoost 1.7 stores no names of categories: the tool's codes are the places of the names in case.json.
    private static string Input(string folder, WorkFolder work)
    {
        string path = Path.Combine(folder, "input.csv");
        using var described = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        if (!folder.EndsWith("xgboost-1.7/categorical-dataframe", StringComparison.Ordinal))
        {
            return path;
        }

        string text = File.ReadAllText(path);
        foreach (JsonProperty feature in described.RootElement.GetProperty("categories").EnumerateObject())
        {
            int code = 0;
            foreach (JsonElement name in feature.Value.EnumerateArray())
            {
                string quoted = name.GetString()!.Contains(',', StringComparison.Ordinal) ? $"\"{name}\"" : $"{name}";
                text = text.Replace($"{quoted},", $"{code},", StringComparison.Ordinal)
                    .Replace($",{quoted}\n", $",{code}\n", StringComparison.Ordinal);
                code++;
            }
        }

        return work.Write("input.csv", text);
    }

    private static void AssertClose(GoldenCsv expected, GoldenCsv actual, double absolute, double relative)
    {
        foreach (string name in expected.Header)
        {
            double[] wanted = expected.Column(name);
            double[] found = actual.Column(name);
            Assert.Equal(wanted.Length, found.Length);
            for (int row = 0; row < wanted.Length; row++)
            {
                bool close = wanted[row].Equals(found[row])
                    || Math.Abs(wanted[row] - found[row]) <= absolute + (relative * Math.Abs(wanted[row]));
                Assert.True(close, $"{name}, row {row + 1}: {found[row]:R}, the tool gives {wanted[row]:R}");
            }
        }
    }
}
