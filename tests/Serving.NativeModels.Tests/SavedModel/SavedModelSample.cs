using System.Runtime.InteropServices;
using Google.Protobuf;
using Serving.NativeModels.SavedModel.Schema;
using Serving.NativeModels.SavedModel.Variables;

namespace Serving.NativeModels.Tests.SavedModel;

/// <summary>
/// A small whole SavedModel, free to break: y = x w + v, x [?, 2], w a constant [2, 1], v a variable [1] that the saver
/// restores. TensorFlow loads and runs it.
/// </summary>
internal sealed class SavedModelSample
{
    private const string Header = "";
    private static readonly float[] Variable = [0.5f];

    public SavedModelSample()
    {
        var graph = new GraphDef();
        graph.Node.Add(
        [
            Nodes.Node("x", "Placeholder").With("dtype", DataType.DtFloat).With("shape", -1, 2),
            Nodes.Const("w", Nodes.Floats([2, 1], 2, -1)),
            Nodes.Node("v", "VarHandleOp").With("dtype", DataType.DtFloat).With("shape", 1),
            Nodes.Node("read", "ReadVariableOp", "v").With("dtype", DataType.DtFloat),
            Nodes.Node("product", "MatMul", "x", "w").With("T", DataType.DtFloat),
            Nodes.Node("sum", "AddV2", "product", "read").With("T", DataType.DtFloat),
            Nodes.Node("y", "Identity", "sum", "^read").With("T", DataType.DtFloat),
            Nodes.Node("filename", "Placeholder").With("dtype", DataType.DtString).With("shape", []),
            Nodes.Const("names", Nodes.Texts([1], "the/v")),
            Nodes.Const("slices", Nodes.Texts([1], "")),
            Nodes.Node("restored", "RestoreV2", "filename", "names", "slices").WithTypes("dtypes", DataType.DtFloat),
            Nodes.Node("assign", "AssignVariableOp", "v", "restored").With("dtype", DataType.DtFloat),
            Nodes.Node("restore_all", "NoOp", "^assign"),
            Nodes.Node("saved", "SaveV2", "filename", "names", "slices", "read").WithTypes("dtypes", DataType.DtFloat),
            Nodes.Node("save_all", "Identity", "filename", "^saved").With("T", DataType.DtString),
        ]);
        Meta = new MetaGraphDef
        {
            MetaInfoDef = new MetaGraphDef.Types.MetaInfoDef { TensorflowVersion = "2.15.1" },
            GraphDef = graph,
            SaverDef = new SaverDef
            {
                FilenameTensorName = "filename:0", SaveTensorName = "save_all:0", RestoreOpName = "restore_all",
            },
        };
        graph.Library = new FunctionDefLibrary();
        Meta.MetaInfoDef.Tags.Add("serve");
        var signature = new SignatureDef { MethodName = "tensorflow/serving/predict" };
        signature.Inputs["x"] = Nodes.Tensor("x:0", DataType.DtFloat, -1, 2);
        signature.Outputs["y"] = Nodes.Tensor("y:0", DataType.DtFloat, -1, 1);
        Meta.SignatureDef["serving_default"] = signature;
        Entry = new BundleEntryProto
        {
            Dtype = DataType.DtFloat,
            Shape = Nodes.Shape(1),
            Size = sizeof(float),
            Crc32C = MaskedCrc.Of(MemoryMarshal.AsBytes<float>(Variable)),
        };
        Entries = [(Header, new BundleHeaderProto { NumShards = 1 }), ("the/v", Entry)];
    }

    public MetaGraphDef Meta { get; }

    public BundleEntryProto Entry { get; }

    public List<(string Key, IMessage Value)> Entries { get; }

    public byte[] Data { get; set; } = MemoryMarshal.AsBytes<float>(Variable).ToArray();

    public SignatureDef Signature => Meta.SignatureDef["serving_default"];

    public NodeDef Find(string name) => Meta.GraphDef.Node.Single(node => node.Name == name);

    public void Add(params NodeDef[] nodes) => Meta.GraphDef.Node.Add(nodes);

    /// <summary>Adds a function of one float input <c>a</c> and one output <c>r</c>.</summary>
    public FunctionDef AddFunction(string name, string result, params NodeDef[] nodes)
    {
        var function = new FunctionDef { Signature = new OpDef { Name = name } };
        function.Signature.InputArg.Add(new OpDef.Types.ArgDef { Name = "a", Type = DataType.DtFloat });
        function.Signature.OutputArg.Add(new OpDef.Types.ArgDef { Name = "r", Type = DataType.DtFloat });
        function.NodeDef.Add(nodes);
        function.Ret["r"] = result;
        Meta.GraphDef.Library.Function.Add(function);
        return function;
    }

    public MemoryModelFiles Files(bool isPacked = false)
    {
        var file = new SavedModelProto { SavedModelSchemaVersion = 1 };
        file.MetaGraphs.Add(Meta);
        var files = new MemoryModelFiles();
        files.Files["saved_model.pb"] = file.ToByteArray();
        files.Files["variables/variables.index"] = TableWriter.Write(Entries, isPacked);
        files.Files["variables/variables.data-00000-of-00001"] = Data;
        return files;
    }
}
