using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

/// <summary><c>model show</c> and <c>model score</c> with a small linear model.</summary>
public sealed class ModelCommandsTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Show_LinearModel_PrintsTextOrJson()
    {
        string model = _folder.Write("linear.json", SmallModel.Plain);
        CommandRun json = await CommandRun.DoneAsync("model", "show", model, "--json");
        Assert.Equal("identity", json.Json.GetProperty("link").GetString());
        Assert.Equal(1, json.Json.GetProperty("outputs").GetInt32());
        string[] members =
        [
            "format", "tool", "tool_version", "objective", "trees", "depth", "features", "outputs", "link", "runs_by",
            "why", "engines", "memory_bytes", "not_carried_over",
        ];
        Assert.All(members, member => Assert.True(json.Json.TryGetProperty(member, out _), member));
        CommandRun text = await CommandRun.DoneAsync("model", "show", model);
        Assert.Contains("2 features", text.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x,y\n1,2\n,4\n-1.5,inf\n", "raw_0,pred_0\n4,4\n3,3\ninf,inf\n")]
    [InlineData("y,x\n2,1\n", "raw_0,pred_0\n4,4\n")]
    [InlineData("a,b\n1,2\n", "raw_0,pred_0\n4,4\n")]
    [InlineData("x,extra,y\n1,text,2\n", "raw_0,pred_0\n4,4\n")]
    public async Task Score_PipedRows_AreTakenByNameElseByPosition(string rows, string expected)
    {
        string model = _folder.Write("linear.json", SmallModel.Plain);
        CommandRun run = await CommandRun.WithInputAsync(
            rows, "model", "score", "--model", model, "--in", "-", "--output", "raw,prediction", "--out", "-");
        Assert.Equal(expected, run.Expect(0).Out);
    }

    [Theory]
    [InlineData("x\n1\n", "1 columns")]
    [InlineData("x,y\n1,two\n3,4x\n", "row 2, column 'y': found '4x'")]
    [InlineData("x,y\n1e400,1\n", "'1e400'")]
    [InlineData("x,y\n1,\"2\n", "rows.csv")]
    public async Task Score_BadRows_AreNamedAndNothingIsWritten(string rows, string named)
    {
        string model = _folder.Write("linear.json", SmallModel.Plain);
        string file = _folder.Write("rows.csv", rows);
        CommandRun run = await CommandRun.OfAsync(
            "model", "score", "--model", model, "--in", file, "--out", _folder["scores.csv"]);
        run.Expect(3, named);
        Assert.Equal(["linear.json", "rows.csv"], _folder.Names);
    }

    [Fact]
    public async Task Score_BadCellsInSeveralChunks_ShowsFiftyAndCountsTheRest()
    {
        string model = _folder.Write("linear.json", SmallModel.Plain);
        IEnumerable<string> lines = Enumerable.Range(1, 300_000)
            .Select(row => row % 1000 == 0 ? "1.0000000,x" : "1.0000000,2");
        string file = _folder.Write("rows.csv", "x,y\n" + string.Join('\n', lines) + "\n");
        CommandRun run = await CommandRun.OfAsync(
            "model", "score", "--model", model, "--in", file, "--out", _folder["s.csv"]);
        run.Expect(3, "row 1000,", "row 50000,", "250 more");
    }
}
