using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.Tests.SavedModel;

public sealed class SavedModelFileTests
{
    private static readonly Dictionary<string, Action<SavedModelSample>> Breaks = new()
    {
        ["operator 'Mystery'"] = sample => sample.Find("product").Op = "Mystery",
        ["a tensor of f64"] = sample => sample.Find("w").Attr["value"].Tensor.Dtype = DataType.DtDouble,
        ["data input behind a control"] = sample => sample.Find("y").Input.Insert(0, "^read"),
        ["1 data inputs"] = sample => sample.Find("product").Input[1] = "^w",
        ["input 'nobody'"] = sample => sample.Find("product").Input[1] = "nobody",
        ["input 'w:1'"] = sample => sample.Find("product").Input[1] = "w:1",
        ["two nodes of one name"] = sample => sample.Add(Nodes.Node("w", "NoOp")),
        ["a node that waits for itself"] = sample => sample.Find("product").Input[0] = "sum",
        ["7 bytes for a tensor f32[2,1]"] = sample => sample.Find("w").Attr["value"].Tensor.TensorContent =
            Google.Protobuf.ByteString.CopyFrom(new byte[7]),
        ["without contents"] = sample =>
            sample.Find("w").Attr["value"].Tensor.TensorShape = Nodes.Shape(1 << 20, 1 << 20),
        ["a tensor of shape [?"] = sample => sample.Find("w").Attr["value"].Tensor.TensorShape = Nodes.Shape(-2),
        ["operator ReadFile"] = sample => sample.Add(Nodes.Node("file", "ReadFile", "filename")),
        ["operator PyFunc"] = sample => sample.Add(
            Nodes.Node("python", "PyFunc", "x").WithTypes("Tin", DataType.DtFloat).WithTypes("Tout", DataType.DtFloat)),
        ["operator RestoreV2"] = sample => sample.Find("sum").Input[1] = "restored",
        ["operator SaveV2"] = sample => sample.Find("y").Input.Add("^saved"),
        ["operator SaveV2, which"] = sample => sample.Find("restore_all").Input.Add("^saved"),
        ["operator PrintV2"] = sample => sample.Add(Nodes.Node("print", "PrintV2", "filename").With(
            "output_stream", new AttrValue { S = Google.Protobuf.ByteString.CopyFromUtf8("file:///tmp/x") })),
        ["values of another file"] = sample =>
        {
            sample.Add(Nodes.Const("other", Nodes.Texts([], "/elsewhere/variables")));
            sample.Find("restored").Input[0] = "other";
        },
        ["tensor 'the/other'"] = sample => sample.Find("names").Attr["value"].Tensor.StringVal[0] =
            Google.Protobuf.ByteString.CopyFromUtf8("the/other"),
        ["of f32, expected i64"] = sample => sample.Find("restored").Attr["dtypes"].List.Type[0] = DataType.DtInt64,
        ["of shape [1], expected shape [2]"] = sample => sample.Find("v").With("shape", 2),
        ["other bytes than"] = sample => sample.Data[1] ^= 4,
        ["bytes 0 to 4"] = sample => sample.Data = [1, 2],
        ["bytes 9223372036854775807"] = sample => sample.Entry.Offset = long.MaxValue,
        ["4 bytes, expected those of f64[1]"] = sample => sample.Entry.Dtype = DataType.DtDouble,
        ["data file 7"] = sample => sample.Entry.ShardId = 7,
        ["bytes from 0"] = sample => sample.Entries.Add(("the/w", sample.Entry.Clone())),
        ["as tensor 'nothing:0'"] = sample => sample.Signature.Outputs["y"].Name = "nothing:0",
        ["'x' of i64"] = sample => sample.Signature.Inputs["x"].Dtype = DataType.DtInt64,
        ["no signature that can be served"] = sample => sample.Meta.SignatureDef.Clear(),
        ["graphs tagged 'train'"] = sample =>
        {
            sample.Meta.MetaInfoDef.Tags.Clear();
            sample.Meta.MetaInfoDef.Tags.Add("train");
        },
        ["a function that calls itself"] = sample => sample.AddFunction(
            "f",
            "again:output:0",
            Nodes.Node("again", "PartitionedCall", "a")
                .WithTypes("Tin", DataType.DtFloat).WithTypes("Tout", DataType.DtFloat).WithFunction("f", "f")),
        ["function 'nowhere'"] = sample => sample.Add(Nodes.Node("call", "PartitionedCall", "x")
            .WithTypes("Tin", DataType.DtFloat).WithTypes("Tout", DataType.DtFloat).WithFunction("f", "nowhere")),
        ["result 'r' from 'gone:0'"] = sample => sample.AddFunction("f", "gone:0"),
        ["a name that leaves the folder"] = sample => sample.Meta.AssetFileDef.Add(
            new AssetFileDef { Filename = "../x", TensorInfo = Nodes.Tensor("filename:0", DataType.DtString) }),
        ["found nothing, expected a file 'assets/words.txt'"] = sample => sample.Meta.AssetFileDef.Add(
            new AssetFileDef { Filename = "words.txt", TensorInfo = Nodes.Tensor("filename:0", DataType.DtString) }),
    };

    public static TheoryData<string> Found => [.. Breaks.Keys];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_WholeModel_SaysWhatItHolds(bool isPacked)
    {
        TensorModel model = SavedModelFile.Read(
            new SavedModelSample().Files(isPacked), TensorModelOptions.Default).Model;
        TensorSignature signature = Assert.Single(model.Signatures);
        Assert.Equal(0, model.DefaultSignature);
        Assert.Equal("x: f32[?,2]", Assert.Single(signature.Inputs).ToString());
        Assert.Equal("y: f32[?,1]", Assert.Single(signature.Outputs).ToString());
        Assert.Equal(12, model.WeightBytes);
        Assert.Equal(2, model.OperatorCounts["Identity"]);
        Assert.Contains("SaveV2", model.Operators);
        Assert.False(model.IsStateful);
        Assert.Equal(
            ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"], model.Files);
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void Read_BrokenModel_SaysWhatIsWrong(string found)
    {
        var sample = new SavedModelSample();
        Breaks[found](sample);
        InputException refused = Assert.Throws<InputException>(
            () => SavedModelFile.Read(
                sample.Files(),
                found.Contains("train", StringComparison.Ordinal)
                    ? TensorModelOptions.Default with { Tags = ["serve"] }
                    : TensorModelOptions.Default));
        Assert.Contains(found, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AllowedOperator_IsNamedAndTaken()
    {
        var sample = new SavedModelSample();
        sample.Add(Nodes.Node("file", "ReadFile", "filename"));
        TensorModel model = SavedModelFile.Read(
            sample.Files(), TensorModelOptions.Default with { AllowedOperators = ["ReadFile"] }).Model;
        Assert.Equal(["ReadFile"], model.UnsafeOperators);
    }

    [Theory]
    [InlineData("asset", true)]
    [InlineData("other", false)]
    [InlineData("variable", true)]
    [InlineData("alias", false)]
    [InlineData("call", false)]
    public void Read_TableFromAFile_IsTakenFromTheModelsOwnAssetsAlone(string path, bool isTaken)
    {
        var sample = new SavedModelSample();
        sample.Add(
            Nodes.Const("asset", Nodes.Texts([], "")),
            Nodes.Const("other", Nodes.Texts([], "/etc/passwd")),
            Variable("held"),
            Nodes.Node("hold", "AssignVariableOp", "held", "asset").With("dtype", DataType.DtString),
            Nodes.Node("variable", "ReadVariableOp", "held").With("dtype", DataType.DtString),
            Nodes.Node("table", "HashTableV2"),
            Nodes.Node("fill", "InitializeTableFromTextFileV2", "table", Source(path)));
        if (path == "alias")
        {
            // Another node of the same shared name is the same variable.
            sample.Add(
                Variable("alias"),
                Nodes.Node("again", "AssignVariableOp", "alias", "other").With("dtype", DataType.DtString));
        }

        if (path == "call")
        {
            // Only loading feeds the asset's path: a call would read what the constant says.
            sample.Find("y").Input.Add("^fill");
        }

        sample.Meta.AssetFileDef.Add(new AssetFileDef
        {
            Filename = "words.txt", TensorInfo = Nodes.Tensor("asset:0", DataType.DtString),
        });
        MemoryModelFiles files = sample.Files();
        files.Files["assets/words.txt"] = "a\nb\n"u8.ToArray();
        Exception? refused = Record.Exception(() => SavedModelFile.Read(files, TensorModelOptions.Default));
        Assert.Equal(isTaken, refused is null);
        Assert.True(refused is null or InputException, $"{refused}");

        static string Source(string path) => path switch { "alias" => "variable", "call" => "asset", _ => path };

        static NodeDef Variable(string name) => Nodes.Node(name, "VarHandleOp").With("dtype", DataType.DtString)
            .With("shared_name", new AttrValue { S = Google.Protobuf.ByteString.CopyFromUtf8("path") });
    }

    [Fact]
    public void Read_InputThatIsParsed_SaysWhichFeaturesAreAsked()
    {
        var sample = new SavedModelSample();
        var shapes = new AttrValue { List = new AttrValue.Types.ListValue() };
        shapes.List.Shape.Add(Nodes.Shape(3));
        shapes.List.Shape.Add(Nodes.Shape());
        sample.Add(
            Nodes.Node("examples", "Placeholder").With("dtype", DataType.DtString).With("shape", -1),
            Nodes.Const("none", Nodes.Texts([0])),
            Nodes.Const("sparse", Nodes.Texts([1], "clicks")),
            Nodes.Const("dense", Nodes.Texts([2], "vec", "city")),
            Nodes.Const("no_vec", Nodes.Floats([0])),
            Nodes.Const("no_city", Nodes.Texts([], "?")),
            Nodes.Node("same", "Identity", "examples").With("T", DataType.DtString),
            Nodes.Node("parsed", "ParseExampleV2", "same", "none", "sparse", "dense", "none", "no_vec", "no_city")
                .WithTypes("Tdense", DataType.DtFloat, DataType.DtString).WithTypes("sparse_types", DataType.DtInt64)
                .WithTypes("ragged_value_types").WithTypes("ragged_split_types")
                .With("num_sparse", new AttrValue { I = 1 }).With("dense_shapes", shapes));
        var signature = new SignatureDef();
        signature.Inputs["examples"] = Nodes.Tensor("examples:0", DataType.DtString, -1);
        signature.Outputs["vec"] = Nodes.Tensor("parsed:3", DataType.DtFloat, -1, 3);
        sample.Meta.SignatureDef["parse"] = signature;
        TensorModel model = SavedModelFile.Read(sample.Files(), TensorModelOptions.Default).Model;
        Assert.Equal(
            [
                new ExampleFeature("city", TensorType.Text, 1),
                new ExampleFeature("clicks", TensorType.Int64),
                new ExampleFeature("vec", TensorType.Float32, 3, true),
            ],
            Assert.Single(model.Signatures[model.SignatureIndex("parse")].Inputs).Example);
        Assert.Empty(model.Signatures[model.DefaultSignature].Inputs[0].Example);
    }

    [Theory]
    [InlineData("", "x: f32[?,2]")]
    [InlineData("serve,gpu", "x: f32[7,2]")]
    public void Read_SeveralGraphs_TakesTheOneWithExactlyTheTags(string tags, string input)
    {
        var sample = new SavedModelSample();
        var other = new SavedModelSample();
        other.Meta.MetaInfoDef.Tags.Add("gpu");
        other.Signature.Inputs["x"].TensorShape = Nodes.Shape(7, 2);
        var file = new SavedModelProto();
        file.MetaGraphs.Add([other.Meta, sample.Meta]);
        MemoryModelFiles files = sample.Files();
        files.Files["saved_model.pb"] = Google.Protobuf.MessageExtensions.ToByteArray(file);
        TensorModel model = SavedModelFile.Read(
            files, TensorModelOptions.Default with { Tags = tags.Length == 0 ? [] : [.. tags.Split(',')] }).Model;
        Assert.Equal(input, Assert.Single(model.Signatures[0].Inputs).ToString());
    }

    [Fact]
    public void Read_OtherFilesBesideTheModel_AreLeftOutWithANotice()
    {
        MemoryModelFiles files = new SavedModelSample().Files();
        files.Files["keras_metadata.pb"] = [1];
        files.Files["fingerprint.pb"] = [];
        TensorModel model = SavedModelFile.Read(files, TensorModelOptions.Default).Model;
        Assert.Contains("fingerprint.pb", model.Files);
        Assert.DoesNotContain("keras_metadata.pb", model.Files);
        Assert.Contains("keras_metadata.pb", Assert.Single(model.NotCarriedOver), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryPrefixOfTheFile_IsRefused()
    {
        MemoryModelFiles files = new SavedModelSample().Files();
        byte[] whole = files.Files["saved_model.pb"];
        for (int length = 0; length < whole.Length; length++)
        {
            files.Files["saved_model.pb"] = whole[..length];
            Assert.Throws<InputException>(() => SavedModelFile.Read(files, TensorModelOptions.Default));
        }
    }

    [Fact]
    public void Read_EveryPrefixOfTheIndex_IsRefused()
    {
        MemoryModelFiles files = new SavedModelSample().Files();
        byte[] whole = files.Files["variables/variables.index"];
        for (int length = 0; length < whole.Length; length++)
        {
            files.Files["variables/variables.index"] = whole[..length];
            Assert.Throws<InputException>(() => SavedModelFile.Read(files, TensorModelOptions.Default));
        }
    }

    [Fact]
    public void Read_MessagesNestedWithoutEnd_AreRefused()
    {
        var value = new AttrValue { B = true };
        for (int i = 0; i < 200; i++)
        {
            var function = new NameAttrList { Name = "f" };
            function.Attr["a"] = value;
            value = new AttrValue { Func = function };
        }

        var sample = new SavedModelSample();
        sample.Find("y").With("deep", value);
        InputException refused = Assert.Throws<InputException>(
            () => SavedModelFile.Read(sample.Files(), TensorModelOptions.Default));
        Assert.Contains("nested deeper", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MillionsOfEmptyMessages_AreRefusedBeforeTheyAreMade()
    {
        // Field 2 of SavedModel, of length 2 x n: field 2 (graph), and in it n empty nodes of two bytes.
        var files = new MemoryModelFiles();
        byte[] nodes = new byte[2 * 5_000_000];
        for (int i = 0; i < nodes.Length; i += 2)
        {
            nodes[i] = 1 << 3 | 2;
        }

        files.Files["saved_model.pb"] = Wrapped(Wrapped(nodes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InputException>(() => SavedModelFile.Read(files, TensorModelOptions.Default));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);

        static byte[] Wrapped(byte[] inside)
        {
            using var stream = new MemoryStream();
            using (var output = new Google.Protobuf.CodedOutputStream(stream, leaveOpen: true))
            {
                output.WriteTag(2, Google.Protobuf.WireFormat.WireType.LengthDelimited);
                output.WriteLength(inside.Length);
            }

            stream.Write(inside);
            return stream.ToArray();
        }
    }
}
