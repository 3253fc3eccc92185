using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.Testing.Tensors;

namespace Serving.Cli.Tests.Commands;

/// <summary><c>model show</c> and <c>model score</c> of tensor models, with a runtime of the tests' own.</summary>
public sealed class TensorModelCommandsTests : IDisposable
{
    private const string Toy =
        """
        signature serving_default
        input x f32 ?,2
        input text string ? default
        output double f32 ?,2 = scale x 2
        output maps f32 * = maps x
        signature slow
        input x f32 ?
        output y f32 ? = slow x 60000
        signature broken
        input x f32 ?
        output y f32 ? = fail x 3
        """;

    private readonly WorkFolder _folder = new();
    private readonly ToyFactory _toys = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Show_ATensorModel_PrintsItsSignatures()
    {
        string model = _folder.Write("m.toy", Toy);
        CommandRun json = (await RunAsync("", "model", "show", model, "--json")).Expect(0);
        string[] members =
        [
            "format", "tool", "tool_version", "inputs", "outputs", "signatures", "tags", "operators", "stateful",
            "providers", "runs_by", "why", "memory_bytes", "not_carried_over",
        ];
        Assert.All(members, member => Assert.True(json.Json.TryGetProperty(member, out _), member));
        JsonElement input = json.Json.GetProperty("inputs")[0];
        Assert.Equal("""{"name":"x","type":"f32","shape":[null,2]}""", JsonSerializer.Serialize(input));
        JsonElement maps = json.Json.GetProperty("signatures").GetProperty("serving_default").GetProperty("outputs")[1];
        Assert.Equal(
            """{"name":"maps","type":"sequence(map(i64,f32))","shape":null}""", JsonSerializer.Serialize(maps));
        CommandRun text = (await RunAsync("", "model", "show", model)).Expect(0);
        Assert.Contains("x: f32[?,2]", text.Out, StringComparison.Ordinal);
        Assert.Contains("runs by toybox", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_Inputs_AnswersOutputsNestedAsTheirShape()
    {
        string model = _folder.Write("m.toy", Toy);
        CommandRun run = await RunAsync(
            """{"inputs":{"x":[[1,null],[0.1,"Infinity"]]}}""", "model", "score", "--model", model, "--in", "-");
        Assert.Equal(
            """{"outputs": {"double":[[2,null],[0.2,"Infinity"]],"maps":[{"0":1,"1":null},{"0":0.1,"1":"Infinity"}]}}"""
                + "\n",
            run.Expect(0).Out);
        Assert.Equal(0, _toys.OpenCount);

        string file = _folder.Write("in.json", """{"inputs":{"x":[]},"outputs":["double"]}""");
        (await RunAsync("", "model", "score", "--model", model, "--in", file, "--out", _folder["out.json"])).Expect(0);
        Assert.Equal("{\"outputs\": {\"double\":[]}}\n", File.ReadAllText(_folder["out.json"]));
    }

    [Theory]
    [InlineData("""{"inputs":{"x":[[1,2],[3,true]]}}""", "in.json, inputs.x[1][1]: found true")]
    [InlineData("""{"inputs":{"y":[1]}}""", "in.json, inputs.x: found nothing, expected f32[?,2]")]
    [InlineData("{", "in.json, line 1")]
    public async Task Score_BadInputs_AreNamed(string inputs, string named)
    {
        string model = _folder.Write("m.toy", Toy);
        string file = _folder.Write("in.json", inputs);
        (await RunAsync("", "model", "score", "--model", model, "--in", file)).Expect(3, named);
    }

    [Fact]
    public async Task Score_SignaturesAndLimits_EndAsStated()
    {
        string model = _folder.Write("m.toy", Toy);
        string other = _folder.Write("other.toy", "signature a\ninput x f32 ?\noutput y f32 ? = copy x\n");
        string file = _folder.Write("in.json", """{"inputs":{"x":[1]}}""");
        (await ScoreAsync(other, file)).Expect(3, "no signature serving_default, expected one of a");
        (await ScoreAsync(other, file, "--signature", "a")).Expect(0);
        (await ScoreAsync(model, file, "--signature", "b")).Expect(3, "serving_default, slow, broken");
        (await ScoreAsync(model, file, "--signature", "slow", "--timeout", "20ms")).Expect(3, "over 20 ms");
        (await ScoreAsync(model, file, "--signature", "broken")).Expect(3, "the toy broke");
        (await ScoreAsync(model, file, "--timeout", "soon")).Expect(2, "--timeout soon");
        (await ScoreAsync(model, file, "--repeat", "0")).Expect(2, "--repeat 0");
        (await ScoreAsync(_folder["no.toy"], file)).Expect(3, "no such file");
        (await ScoreAsync(_folder[""], file)).Expect(3, "saved_model.pb");
    }

    [Fact]
    public async Task Score_RuntimeMissing_IsNotReachable()
    {
        _toys.IsMissing = true;
        string model = _folder.Write("m.toy", Toy);
        string file = _folder.Write("in.json", """{"inputs":{"x":[[1,2]]}}""");
        (await ScoreAsync(model, file)).Expect(4, "install it");
        (await RunAsync("", "model", "show", model)).Expect(0);
    }

    [Fact]
    public async Task Score_Repeat_PrintsPercentiles()
    {
        string model = _folder.Write("m.toy", Toy);
        string file = _folder.Write("in.json", """{"inputs":{"x":[[1,2]]}}""");
        CommandRun run = (await ScoreAsync(model, file, "--repeat", "50", "--json")).Expect(0);
        Assert.Equal(50, run.Json.GetProperty("calls").GetInt32());
        Assert.True(run.Json.GetProperty("p50_us").GetDouble() <= run.Json.GetProperty("p99_us").GetDouble());
    }

    [Fact]
    public async Task ScoreBundle_ServedRaw_TakesTheJsonOfOneCall()
    {
        string model = _folder.Write("m.toy", Toy);
        string bundle = _folder["raw"];
        (await RunAsync("", "bundle", "pack", "--name", "m", "--model", model, "--out", bundle)).Expect(0);
        string file = _folder.Write("in.json", """{"inputs":{"x":[[1,2]]},"outputs":["double"]}""");

        (await RunAsync("", "score", "--bundle", bundle, "--in", file, "--out", _folder["out.json"])).Expect(0);
        Assert.Equal("{\"outputs\": {\"double\":[[2,4]]}}\n", File.ReadAllText(_folder["out.json"]));
        (await RunAsync("", "score", "--bundle", bundle, "--in", file, "--keep", "x", "--out", "-"))
            .Expect(2, "--keep: the bundle holds a tensor model served raw");
    }

    [Fact]
    public async Task ScoreBundle_BehindAScript_TakesRows()
    {
        string model = _folder.Write("m.toy", Toy);
        string script = _folder.Write(
            "s.feat",
            "features s 1;\nrequest row { id: string; at: time; a: float?; } id id, time at;\nfeature a_x = a;\n");
        string mapping = _folder.Write(
            "mapping.json", """{"inputs":{"x":["a_x","a_x?"]},"score":{"output":"double","index":0},"link":"exp"}""");
        string rows = _folder.Write("rows.csv", "id,at,a\np,2026-01-01T00:00:00Z,0.5\nq,2026-01-01T00:00:00Z,\n");
        string bundle = _folder["mapped"];
        (await RunAsync(
            "", "bundle", "pack", "--name", "m", "--script", script, "--model", model, "--mapping", mapping, "--out",
            bundle)).Expect(0);

        (await RunAsync("", "bundle", "verify", bundle)).Expect(0);
        CommandRun shown = (await RunAsync("", "bundle", "show", bundle)).Expect(0);
        Assert.Contains("x: f32[?,2]: [\"a_x\",\"a_x?\"]", shown.Out, StringComparison.Ordinal);
        (await RunAsync("", "score", "--bundle", bundle, "--in", rows, "--out", _folder["out.csv"])).Expect(0);
        Assert.Equal(
            "id,score,raw_score,model,version\np,2.718281828459045,1,m,1\nq,1,0,m,1\n",
            File.ReadAllText(_folder["out.csv"]));
        (await RunAsync(
            "", "bundle", "pack", "--name", "m", "--model", model, "--mapping", mapping, "--out", bundle))
            .Expect(3, "a toy model without a script");
    }

    private Task<CommandRun> ScoreAsync(string model, string file, params string[] more) =>
        RunAsync("", ["model", "score", "--model", model, "--in", file, .. more]);

    private Task<CommandRun> RunAsync(string input, params string[] arguments) =>
        CommandRun.WithAsync(input, console => console with { Runtimes = _ => [_toys] }, arguments);
}
