using System.Runtime.InteropServices;
using Google.Protobuf;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Tests.Import.Onnx;

/// <summary>Writes small ONNX models, whole and broken ones.</summary>
internal static class OnnxModels
{
    public const int Float = 1;
    public const int Whole = 7;
    public const int Text = 8;
    public const int Bool = 9;

    public static ModelProto Model(params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "g" };
        graph.Node.AddRange(nodes);
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "tests",
            ProducerVersion = "1",
            Graph = graph,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = 17 },
                new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 },
            },
        };
    }

    public static ModelProto In(this ModelProto model, string name, int type, params object[] dims)
    {
        model.Graph.Input.Add(Value(name, type, dims));
        return model;
    }

    public static ModelProto Out(this ModelProto model, string name, int type, params object[] dims)
    {
        model.Graph.Output.Add(Value(name, type, dims));
        return model;
    }

    public static ModelProto Weight(this ModelProto model, TensorProto tensor)
    {
        model.Graph.Initializer.Add(tensor);
        return model;
    }

    public static MemoryModelFiles Files(this ModelProto model, params (string Name, byte[] Bytes)[] others) =>
        new("model.onnx", model.ToByteArray(), others);

    public static NodeProto Node(string type, string[] inputs, string[] outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type };
        int dot = type.LastIndexOf('.');
        if (dot > 0)
        {
            node.Domain = type[..dot];
            node.OpType = type[(dot + 1)..];
        }

        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static TensorProto Floats(string name, long[] dims, params float[] values)
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        };
        tensor.Dims.AddRange(dims);
        return tensor;
    }

    public static TensorProto Ints(string name, long[] dims, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = Whole };
        tensor.Dims.AddRange(dims);
        tensor.Int64Data.AddRange(values);
        return tensor;
    }

    public static TensorProto Outside(string name, long[] dims, params (string Key, string Value)[] entries)
    {
        var tensor = new TensorProto
        {
            Name = name,
            DataType = Float,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.AddRange(dims);
        tensor.ExternalData.AddRange(
            entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return tensor;
    }

    public static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string name, GraphProto graph) =>
        new() { Name = name, G = graph, Type = AttributeProto.Types.AttributeType.Graph };

    public static AttributeProto Attribute(string name, TensorProto tensor) =>
        new() { Name = name, T = tensor, Type = AttributeProto.Types.AttributeType.Tensor };

    public static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, params float[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Floats };
        attribute.Floats.AddRange(values);
        return attribute;
    }

    public static AttributeProto Attribute(string name, params string[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Strings };
        attribute.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    public static ValueInfoProto Value(string name, int type, params object[] dims)
    {
        var shape = new TensorShapeProto();
        foreach (object dim in dims)
        {
            shape.Dim.Add(dim is string param
                ? new TensorShapeProto.Types.Dimension { DimParam = param }
                : new TensorShapeProto.Types.Dimension { DimValue = (int)dim });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } },
        };
    }

    /// <summary>y = relu(x w + b), [batch, 3] to [batch, 2].</summary>
    public static ModelProto Mlp() => Model(
            Node("Gemm", ["x", "w", "b"], ["h"]), Node("Relu", ["h"], ["y"]))
        .In("x", Float, "batch", 3)
        .Out("y", Float, "batch", 2)
        .Weight(Floats("w", [3, 2], 1, 2, 3, 4, 5, 6))
        .Weight(Floats("b", [2], 0.5f, -100));

    /// <summary>A forest of one split, x[1] &lt;= 0.5 gives 10, else 20.</summary>
    public static NodeProto Forest(
        long falseChild = 2, string mode = "BRANCH_LEQ", long feature = 1, int thresholds = 3) =>
        Node(
            "ai.onnx.ml.TreeEnsembleRegressor",
            ["x"],
            ["y"],
            Attribute("n_targets", 1),
            Attribute("nodes_treeids", [0L, 0, 0]),
            Attribute("nodes_nodeids", [0L, 1, 2]),
            Attribute("nodes_featureids", [feature, 0, 0]),
            Attribute("nodes_values", new float[] { 0.5f, 0, 0 }[..thresholds]),
            Attribute("nodes_modes", mode, "LEAF", "LEAF"),
            Attribute("nodes_truenodeids", [1L, 0, 0]),
            Attribute("nodes_falsenodeids", [falseChild, 0, 0]),
            Attribute("target_treeids", [0L, 0]),
            Attribute("target_nodeids", [1L, 2]),
            Attribute("target_ids", [0L, 0]),
            Attribute("target_weights", 10f, 20f));
}
