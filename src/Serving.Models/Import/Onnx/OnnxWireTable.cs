using static Serving.Models.Import.Onnx.OnnxWire;

namespace Serving.Models.Import.Onnx;

/// <summary>Which field of which message holds what: <c>onnx.proto</c> beside this file as a function.</summary>
internal static class OnnxWireTable
{
    public static OnnxWire FieldOf(OnnxWire message, int field) => message switch
    {
        Model => OfModel(field),
        OperatorSet => field == 1 ? Text : Other,
        Entry => field is 1 or 2 ? Text : Other,
        Function => OfFunction(field),
        Graph => OfGraph(field),
        Node => OfNode(field),
        OnnxWire.Attribute => OfAttribute(field),
        ValueInfo => field switch { 1 => Text, 2 => OnnxWire.Type, _ => Other },
        Tensor => OfTensor(field),
        SparseTensor => field switch { 1 or 2 => Tensor, 3 => Numbers, _ => Other },
        Shape => field == 1 ? Dimension : Other,
        Dimension => field == 2 ? Text : Other,
        OnnxWire.Type => OfType(field),
        TensorType => field == 2 ? Shape : Other,
        SequenceType or OptionalType => field == 1 ? OnnxWire.Type : Other,
        MapType => field == 2 ? OnnxWire.Type : Other,
        _ => Other,
    };

    private static OnnxWire OfModel(int field) => field switch
    {
        2 or 3 or 4 => Text,
        7 => Graph,
        8 => OperatorSet,
        14 => Entry,
        20 => Training,
        25 => Function,
        _ => Other,
    };

    private static OnnxWire OfFunction(int field) => field switch
    {
        1 or 4 or 5 or 6 or 10 or 13 => Text,
        7 => Node,
        9 => OperatorSet,
        11 => OnnxWire.Attribute,
        _ => Other,
    };

    private static OnnxWire OfGraph(int field) => field switch
    {
        1 => Node,
        2 => Text,
        5 => Tensor,
        11 or 12 => ValueInfo,
        15 => SparseTensor,
        _ => Other,
    };

    private static OnnxWire OfNode(int field) => field switch
    {
        1 or 2 or 3 or 4 or 7 or 8 => Text,
        5 => OnnxWire.Attribute,
        _ => Other,
    };

    private static OnnxWire OfAttribute(int field) => field switch
    {
        1 or 21 => Text,
        4 or 9 => Bytes,
        5 or 10 => Tensor,
        6 or 11 => Graph,
        7 => Fixed4,
        8 => Numbers,
        14 or 15 => OnnxWire.Type,
        22 or 23 => SparseTensor,
        _ => Other,
    };

    private static OnnxWire OfTensor(int field) => field switch
    {
        1 or 5 or 7 or 11 => Numbers,
        3 => Segment,
        4 => Fixed4,
        6 or 9 => Bytes,
        8 => Text,
        10 => Fixed8,
        13 => Entry,
        _ => Other,
    };

    private static OnnxWire OfType(int field) => field switch
    {
        1 or 8 => TensorType,
        4 => SequenceType,
        5 => MapType,
        9 => OptionalType,
        _ => Other,
    };
}
