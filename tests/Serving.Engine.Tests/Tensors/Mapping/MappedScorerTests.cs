using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Xunit;

namespace Serving.Engine.Tests.Tensors.Mapping;

/// <summary>Scripts before tensor models. The toys copy an input, so that raw scores show how it was filled.</summary>
public sealed class MappedScorerTests : IDisposable
{
    private const string Whole = "\"amount\":1.5,\"mcc\":15,\"vip\":true,\"codes\":[5,25]";
    private const string Sparse = "\"mcc\":5,\"codes\":[]";

    private readonly MappedWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("f32 ?,3", """["amount_x","amount_x?","mcc_b"]""", Whole, new[] { 1.5, 0, 3 })]
    [InlineData("f32 ?,3", """["amount_x","amount_x?","mcc_b"]""", Sparse, new double[] { 0, 1, 2 })]
    [InlineData("f64 ?,?", """["mcc_b","amount_x"]""", Whole, new[] { 3, 1.5 })]
    [InlineData("f64 *", "\"amount_x\"", Whole, new[] { 1.5 })]
    [InlineData("f32 ?", "\"amount_x\"", Whole, new[] { 1.5 })]
    [InlineData("f16 ?,1", "\"amount_x\"", "\"amount\":1e9,\"mcc\":1,\"codes\":[]", new double[] { 65504 })]
    [InlineData("f32 ?,1", "\"amount_x\"", "\"amount\":-1e300,\"mcc\":1,\"codes\":[]", new double[] { float.MinValue })]
    [InlineData("i8 ?,1", "\"mcc_b\"", Whole, new double[] { 3 })]
    [InlineData("u8 ?", "\"mcc_b\"", Whole, new double[] { 3 })]
    [InlineData("i16 ?,2", """["mcc_b","amount_x?"]""", Sparse, new double[] { 2, 1 })]
    [InlineData("u16 ?", "\"is_vip\"", Whole, new double[] { 3 })]
    [InlineData("i32 ?,4", """{"ids":"code_b"}""", Whole, new double[] { 3, 2, 0, 0 })]
    [InlineData("u32 ?,3", """{"ids":"code_b","length":3,"pad":9}""", Whole, new double[] { 3, 2, 9 })]
    [InlineData("i64 ?,1", """{"ids":"code_b","length":1}""", Whole, new double[] { 3 })]
    [InlineData("u64 ?,2", """{"ids":"code_b","length":2,"pad":7}""", Sparse, new double[] { 7, 7 })]
    [InlineData("f32 ?,2", """{"ids":"mcc_b","length":2,"pad":5}""", Whole, new double[] { 3, 5 })]
    [InlineData("bool ?,2", """["is_vip","amount_x?"]""", Whole, new double[] { 1, 0 })]
    [InlineData("bool ?,2", """["is_vip","amount_x?"]""", Sparse, new double[] { 0, 1 })]
    public void Score_EachFill_GivesTheModelTheseNumbers(string type, string fill, string fields, double[] expected)
    {
        string bundle = _world.Pack(Copy(type), $$$"""{"inputs":{"x":{{{fill}}}}}""");

        Assert.Equal(expected, _world.Score(bundle, MappedWorld.Row(fields)));
    }

    [Fact]
    public void Score_SeveralRows_AreOneCallOrOneEach()
    {
        const string Mapping = """{"inputs":{"x":["mcc_b","amount_x"]}}""";
        string rows = MappedWorld.Row(Whole) + MappedWorld.Row(Sparse);

        Assert.Equal([3, 1.5, 2, 0], _world.Score(_world.Pack(Copy("f32 ?,2"), Mapping), rows));
        Assert.Equal([3, 1.5, 2, 0], _world.Score(_world.Pack(Copy("f32 1,2"), Mapping), rows));
    }

    [Theory]
    [InlineData("", "y f32 ?,2 = copy x", new[] { 3, 1.5 })]
    [InlineData(",\"score\":{\"index\":1}", "y f32 ?,2 = copy x", new[] { 1.5 })]
    [InlineData("", "y f32 ? = sum x", new[] { 4.5 })]
    [InlineData(",\"score\":{\"key\":1}", "y f32 ? = maps x", new[] { 1.5 })]
    [InlineData(",\"score\":{\"key\":\"0\"}", "y f32 ? = maps x", new double[] { 3 })]
    [InlineData("", "y f32 ?,? = copy x", new[] { 3, 1.5 })]
    [InlineData("", "y f32 * = copy x", new[] { 3, 1.5 })]
    public void Score_EachOutput_IsRead(string score, string output, double[] expected)
    {
        string toy = $"signature serving_default\ninput x f32 ?,2\noutput {output}\n";
        string bundle = _world.Pack(toy, $$$"""{"inputs":{"x":["mcc_b","amount_x"]}{{{score}}}}""");

        Assert.Equal(expected, _world.Score(bundle, MappedWorld.Row(Whole)));
    }

    [Theory]
    [InlineData("input amount_x f32 ?\noutput y f32 ? = copy amount_x", new[] { 1.5 })]
    [InlineData("input code_b i64 ?,4\noutput y i64 ?,4 = copy code_b", new double[] { 3, 2, 0, 0 })]
    [InlineData("input mcc_b i64 ?\ninput more f32 ? default\noutput y i64 ? = copy mcc_b", new double[] { 3 })]
    public void Score_NoMapping_FillsInputsByTheirNames(string toy, double[] expected)
    {
        string bundle = _world.Pack($"signature serving_default\n{toy}\n", null);

        Assert.Equal(expected, _world.Score(bundle, MappedWorld.Row(Whole)));
    }

    [Fact]
    public void Score_NoMappingAndOneInput_TakesAllColumnsInTheirOrder()
    {
        string script = MappedWorld.Script.Replace(
            "feature code_b = codes -> hash(5);", "", StringComparison.Ordinal);
        string bundle = _world.Pack(Copy("f32 ?,3"), null, script);

        Assert.Equal([1.5, 3, 3], _world.Score(bundle, MappedWorld.Row(Whole)));
    }

    [Fact]
    public void Write_Mapping_IsWholeAndReadAsItself()
    {
        string bundle = _world.Pack(Copy("f32 ?,2"), """{"inputs":{"x":["mcc_b","amount_x?"]},"link":"softmax"}""");

        Assert.Equal(
            """{"inputs":{"x":["mcc_b","amount_x?"]},"link":"softmax","rows_per_call":256,"""
                + "\"score\":{\"count\":2,\"output\":\"y\"},\"signature\":\"serving_default\"}",
            File.ReadAllText(Path.Combine(bundle, "mapping.json")));
        BundleVerification found = BundleVerifier.Verify(bundle, [_world.Toys]);
        Assert.True(found.IsOk, string.Join('\n', found.Problems));
        Assert.Equal(["x: f32[?,2]: [\"mcc_b\",\"amount_x?\"]"], found.Description!.Inputs);
        Assert.Equal(2, found.Description.Outputs);
    }

    [Fact]
    public void Write_RuntimeMissing_IsUncheckedAndVerifies()
    {
        _world.Toys.IsMissing = true;
        string bundle = _world.Pack(Copy("f32 ?,1"), """{"inputs":{"x":"amount_x"}}""");

        BundleVerification found = BundleVerifier.Verify(bundle, [_world.Toys]);
        Assert.True(found.IsOk, string.Join('\n', found.Problems));
        Assert.Equal("unchecked", found.Description!.Manifest.Tensors!.Compare);
        Assert.Equal(0, _world.Toys.OpenedCount);
    }

    [Fact]
    public void Poll_MappedVersions_ScoreAndCloseWhatTheyOpened()
    {
        using InferenceEngine engine = Engine();
        _world.Publish(Copy("f32 ?,1"), """{"inputs":{"x":"amount_x"}}""");
        engine.Poll();
        int open = _world.Toys.OpenCount;
        Assert.Equal(1.5, ScoreOf(engine));
        Assert.Equal(ErrorCode.FailedPrecondition, engine.RentTensors("m"u8, 0, out _));

        _world.Publish(Copy("f32 ?,1"), """{"inputs":{"x":"mcc_b"}}""");
        Directory.Delete(Path.Combine(_world.Models, "m", "1"), recursive: true);
        for (int poll = 0; poll < 4; poll++)
        {
            engine.Poll();
        }

        Assert.Equal(3, ScoreOf(engine));
        Assert.InRange(_world.Toys.OpenCount, 1, open + 1);
    }

    [Fact]
    public void Score_ModelFails_IsItsCode()
    {
        using InferenceEngine engine = Engine();
        _world.Toys.IsMissing = true;
        _world.Publish(
            "signature serving_default\ninput x f32 ?,1\noutput y f32 ?,1 = fail x "
                + $"{(int)ErrorCode.Unavailable}\n",
            """{"inputs":{"x":"amount_x"}}""");
        _world.Toys.IsMissing = false;
        engine.Poll();

        Assert.Equal(ErrorCode.None, engine.Rent("m", 0, out ScoringContext? context));
        using (context)
        {
            Fill(context!);
            Assert.Equal(ErrorCode.Unavailable, engine.Score(context!));
        }
    }

    private static string Copy(string type)
    {
        string dimensions = type.Split(' ')[1];
        string element = type.Split(' ')[0];
        return $"signature serving_default\ninput x {element} {dimensions}\noutput y {element} {dimensions} = copy x\n";
    }

    private static double ScoreOf(InferenceEngine engine)
    {
        Assert.Equal(ErrorCode.None, engine.Rent("m", 0, out ScoringContext? context));
        using (context)
        {
            Fill(context!);
            Assert.Equal(ErrorCode.None, engine.Score(context!));
            return context!.Scores[0];
        }
    }

    private static void Fill(ScoringContext context)
    {
        RowBatch rows = context.Rows;
        int row = rows.AddRow();
        rows.Set(row, rows.Schema.IndexOf("id"), rows.AddText("a"u8));
        rows.Set(row, rows.Schema.IndexOf("at"), 0);
        rows.SetFloat(row, rows.Schema.IndexOf("amount"), 1.5);
        rows.Set(row, rows.Schema.IndexOf("mcc"), 15);
        rows.BeginList();
        rows.EndList(row, rows.Schema.IndexOf("codes"));
    }

    private InferenceEngine Engine() => new(
        new EngineOptions
        {
            ModelsFolder = _world.Models,
            Runtimes = [_world.Toys],
            LoadInline = true,
            KeepPrevious = TimeSpan.Zero,
        },
        TimeProvider.System);
}
