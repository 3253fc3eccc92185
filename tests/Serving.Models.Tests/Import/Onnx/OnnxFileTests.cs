using Google.Protobuf;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;
using static Serving.Models.Tests.Import.Onnx.OnnxModels;

namespace Serving.Models.Tests.Import.Onnx;

public sealed class OnnxFileTests
{
    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    private static Dictionary<string,
        (Func<MemoryModelFiles> Files, string Says)> Broken { get; } = new(StringComparer.Ordinal)
    {
        ["empty"] = (() => new MemoryModelFiles("m.onnx", []), "no bytes"),
        ["garbage"] = (() => new MemoryModelFiles("m.onnx", [1, 2, 3]), "byte"),
        ["cut"] = (() => new MemoryModelFiles("m.onnx", Mlp().ToByteArray()[..^9]), "bytes that are left"),
        ["no graph"] = (() => new ModelProto { IrVersion = 8 }.Files(), "no graph"),
        ["ir version"] = (() => With(model => model.IrVersion = 99), "1 to 13"),
        ["opset"] = (() => With(model => model.OpsetImport[0].Version = 999), "999"),
        ["operator"] = (() => With(model => model.Graph.Node[0].OpType = "Nope"), "public registries"),
        ["operator too new"] = (() => With(model => model.Graph.Node[1].OpType = "Swish"), "version 24 or later"),
        ["domain"] = (() => With(model => model.Graph.Node[0].Domain = "org.nowhere"), "org.nowhere"),
        ["unsafe operator"] = (() => With(EpContext), "EPContext"),
        ["input not defined"] = (() => With(model => model.Graph.Node[0].Input[0] = "z"), "'z'"),
        ["output not defined"] = (() => With(model => model.Graph.Output[0].Name = "z"), "no node produces"),
        ["value twice"] = (() => With(model => model.Graph.Node[1].Output[0] = "h"), "'h'"),
        ["cycle"] = (() => With(model => model.Graph.Node[0].Input[0] = "y"), "no cycle"),
        ["raw data short"] = (() =>
            With(model => model.Graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3)), "24 bytes"),
        ["negative size"] = (() => With(model => model.Graph.Initializer[0].Dims[0] = -3), "none negative"),
        ["huge size"] = (() => With(model => model.Graph.Initializer[0].Dims[0] = long.MaxValue), "size that memory"),
        ["type"] = (() => With(model => model.Graph.Initializer[0].DataType = 77), "type 77"),
        ["inner sizes"] = (() => With(model => Resize(model.Graph.Initializer[0], 2, 3)), "equal inner dimensions"),
        ["bias"] = (() => With(model => model.Graph.Initializer[1] = Floats("b", [3], 1, 2, 3)), "a bias [3]"),
        ["outside, escape"] = (() => WithOutside("location", "../../w.bin"), "plain name"),
        ["outside, rooted"] = (() => WithOutside("location", "/etc/passwd"), "plain name"),
        ["outside, address"] = (() => WithOutside("location", "*/_ORT_MEM_ADDR_/*"), "plain name"),
        ["outside, missing"] = (() => WithOutside("location", "other.bin"), "no file"),
        ["outside, short"] = (() => WithOutside("location", "short.bin"), "24 bytes"),
        ["outside, offset"] = (() => WithOutside("location", "w.bin", "offset", "4"), "24 bytes"),
        ["outside, number"] = (() => WithOutside("location", "w.bin", "offset", "-1"), "decimal"),
        ["tree child"] = (() => WithForest(Forest(falseChild: 77)), "child 77"),
        ["tree mode"] = (() => WithForest(Forest(mode: "BRANCH_WHAT")), "BRANCH_WHAT"),
        ["tree feature"] = (() => WithForest(Forest(feature: -1)), "feature -1"),
        ["tree lengths"] = (() => WithForest(Forest(thresholds: 2)), "2 values"),
        ["tree cycle"] = (() => WithForest(Forest(falseChild: 0)), "no cycle"),
        ["constant of shape"] = (() => WithShape("ConstantOfShape"), "bytes"),
        ["expand"] = (() => WithShape("Expand"), "bytes"),
        ["doubling"] = (Doubling, "bytes"),
        ["graphs within graphs"] = (() => Nested(30), "levels"),
        ["messages within messages"] = (() => Nested(60), "levels"),
        ["function calls itself"] = (() => WithFunctions(1, 1), "call themselves"),
        ["functions double"] = (() => WithFunctions(40, 2), "call themselves"),
        ["map input"] = (() => With(model => model.Graph.Input[0].Type = MapType()), "outputs only"),
    };

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public void Check_Broken_IsRefusedWithAReason(string name)
    {
        (Func<MemoryModelFiles> files, string says) = Broken[name];
        InputException refused =
            Assert.Throws<InputException>(() => OnnxFile.Check(files(), TensorModelOptions.Default));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SeveralProblems_AllAreNamed()
    {
        MemoryModelFiles files = With(model =>
        {
            model.Graph.Node[0].Input[0] = "z";
            model.Graph.Node[1].OpType = "Nope";
            model.Graph.Initializer[0].Dims[0] = -1;
        });
        InputException refused = Assert.Throws<InputException>(() => OnnxFile.Check(files, TensorModelOptions.Default));
        Assert.Equal(3, refused.Problems.Length);
    }

    [Fact]
    public void Check_Whole_SaysWhatItIs()
    {
        TensorModel model = OnnxFile.Check(
            Mlp().In("b", Float, 2).Files(), TensorModelOptions.Default);
        TensorSignature signature = Assert.Single(model.Signatures);
        Assert.Equal(["x: f32[?,3]", "b: f32[2]"], signature.Inputs.Select(input => input.ToString()));
        Assert.Equal([false, true], signature.Inputs.Select(input => input.HasDefault));
        Assert.Equal(["batch", ""], signature.Inputs[0].DimensionNames);
        Assert.Equal(["Gemm", "Relu"], model.Operators);
        Assert.Equal(32, model.WeightBytes);
        Assert.Equal("tests", model.Tool);
        Assert.Equal(TensorSignature.DefaultName, signature.Name);
        Assert.False(model.IsRandom || model.IsReduced || model.IsStateful);
    }

    [Fact]
    public void Check_WeightsBesideTheFile_AreFilesOfTheModel()
    {
        TensorModel model = OnnxFile.Check(
            WithOutside("location", "w.bin", "length", "24"), TensorModelOptions.Default);
        Assert.Equal(["model.onnx", "w.bin"], model.Files);
    }

    [Fact]
    public void Check_UnsafeOperatorThatIsAllowed_IsListed()
    {
        TensorModelOptions options = TensorModelOptions.Default with { AllowedOperators = ["com.microsoft.EPContext"] };
        Assert.Equal(["com.microsoft.EPContext"], OnnxFile.Check(With(EpContext), options).UnsafeOperators);
    }

    [Fact]
    public void RuntimeBytes_NewerVersion_IsLoweredAndElseTheSame()
    {
        MemoryModelFiles newer = With(model => model.OpsetImport[1].Version = 6);
        OnnxFile.Check(newer, TensorModelOptions.Default);
        Assert.Equal(5, ModelProto.Parser.ParseFrom(OnnxFile.RuntimeBytes(newer).Span).OpsetImport[1].Version);
        MemoryModelFiles known = Mlp().Files();
        Assert.True(known.Read(known.Main)!.Value.Equals(OnnxFile.RuntimeBytes(known)));
    }

    [Fact]
    public void Check_Forest_Passes() =>
        Assert.Contains(
            "ai.onnx.ml.TreeEnsembleRegressor",
            OnnxFile.Check(WithForest(Forest()), TensorModelOptions.Default).Operators);

    [Theory]
    [InlineData("model.onnx", true)]
    [InlineData("weights.bin", true)]
    [InlineData("saved_model.pb", false)]
    public void Recognises_NameOrFirstBytes_Decide(string name, bool expected) =>
        Assert.Equal(expected, OnnxFile.Recognises(new MemoryModelFiles(name, Mlp().ToByteArray())));

    private static MemoryModelFiles With(Action<ModelProto> change)
    {
        ModelProto model = Mlp();
        change(model);
        return model.Files();
    }

    private static void EpContext(ModelProto model)
    {
        model.Graph.Node[1].OpType = "EPContext";
        model.Graph.Node[1].Domain = "com.microsoft";
    }

    private static void Resize(TensorProto tensor, params long[] dims)
    {
        tensor.Dims.Clear();
        tensor.Dims.AddRange(dims);
    }

    private static MemoryModelFiles WithOutside(params string[] entries)
    {
        ModelProto model = Mlp();
        model.Graph.Initializer[0] = Outside("w", [3, 2], [.. entries.Chunk(2).Select(pair => (pair[0], pair[1]))]);
        return model.Files(("w.bin", new byte[24]), ("short.bin", new byte[20]));
    }

    private static MemoryModelFiles WithForest(NodeProto forest) =>
        Model(forest).In("x", Float, "batch", 2).Out("y", Float, "batch", 1).Files();

    private static MemoryModelFiles WithShape(string type) =>
        Model(Node(type, type == "Expand" ? ["x", "s"] : ["s"], ["y"]))
            .In("x", Float, 1)
            .Out("y", Float, "a", "b")
            .Weight(Ints("s", [2], 1 << 20, 1 << 20))
            .Files();

    private static MemoryModelFiles Doubling() =>
        Model([.. Enumerable.Range(0, 30)
            .Select(i => Node("Concat", [$"x{i}", $"x{i}"], [$"x{i + 1}"], Attribute("axis", 1)))])
            .In("x0", Float, "batch", 4)
            .Out("x30", Float, "batch", "n")
            .Files();

    private static MemoryModelFiles Nested(int depth)
    {
        var graph = new GraphProto { Node = { Node("Constant", [], ["c"], Attribute("value", Ints("", [], 1))) } };
        graph.Output.Add(Value("c", Whole));
        for (int i = 0; i < depth; i++)
        {
            NodeProto node = Node(
                "If", ["t"], ["c"], Attribute("then_branch", graph), Attribute("else_branch", graph.Clone()));
            node.Attribute.RemoveAt(i % 2);
            graph = new GraphProto { Node = { node } };
            graph.Output.Add(Value("c", Whole));
        }

        ModelProto model = Model().In("t", Bool).Out("c", Whole);
        model.Graph.Node.AddRange(graph.Node);
        return model.Files();
    }

    // Each function calls the next so many times, the last calls the first.
    private static MemoryModelFiles WithFunctions(int count, int calls)
    {
        ModelProto model = Model(Node("own.F0", ["x"], ["y"])).In("x", Float, 1).Out("y", Float, 1);
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        for (int i = 0; i < count; i++)
        {
            var function = new FunctionProto { Name = $"F{i}", Domain = "own", Input = { "a" }, Output = { "v0" } };
            bool isLast = i == count - 1 && calls > 1;
            function.Node.AddRange(Enumerable.Range(0, calls).Select(
                call => Node(isLast ? "Relu" : $"own.F{(i + 1) % count}", ["a"], [$"v{call}"])));
            function.OpsetImport.Add(model.OpsetImport);
            model.Functions.Add(function);
        }

        return model.Files();
    }

    private static TypeProto MapType() => new()
    {
        MapType = new TypeProto.Types.Map
        {
            KeyType = Whole,
            ValueType = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float } },
        },
    };
}
