using Google.Protobuf;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.Tests.SavedModel;

/// <summary>Short forms for nodes, attributes and shapes of graphs in tests.</summary>
internal static class Nodes
{
    public static NodeDef Node(string name, string op, params string[] inputs)
    {
        var node = new NodeDef { Name = name, Op = op };
        node.Input.Add(inputs);
        return node;
    }

    public static NodeDef With(this NodeDef node, string attribute, AttrValue value)
    {
        node.Attr[attribute] = value;
        return node;
    }

    public static NodeDef With(this NodeDef node, string attribute, DataType type) =>
        node.With(attribute, new AttrValue { Type = type });

    public static NodeDef With(this NodeDef node, string attribute, params long[] shape) =>
        node.With(attribute, new AttrValue { Shape = Shape(shape) });

    public static NodeDef WithFunction(this NodeDef node, string attribute, string function) =>
        node.With(attribute, new AttrValue { Func = new NameAttrList { Name = function } });

    public static NodeDef WithTypes(this NodeDef node, string attribute, params DataType[] types)
    {
        var list = new AttrValue { List = new AttrValue.Types.ListValue() };
        list.List.Type.Add(types);
        return node.With(attribute, list);
    }

    public static TensorShapeProto Shape(params long[] sizes)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dim { Size = size }));
        return shape;
    }

    public static NodeDef Const(string name, TensorProto value) =>
        Node(name, "Const").With("dtype", value.Dtype).With("value", new AttrValue { Tensor = value });

    public static TensorProto Floats(long[] shape, params float[] values)
    {
        var tensor = new TensorProto { Dtype = DataType.DtFloat, TensorShape = Shape(shape) };
        tensor.FloatVal.Add(values);
        return tensor;
    }

    public static TensorProto Texts(long[] shape, params string[] values)
    {
        var tensor = new TensorProto { Dtype = DataType.DtString, TensorShape = Shape(shape) };
        tensor.StringVal.Add(values.Select(ByteString.CopyFromUtf8));
        return tensor;
    }

    public static TensorInfo Tensor(string name, DataType type, params long[] shape) =>
        new() { Name = name, Dtype = type, TensorShape = Shape(shape) };
}
