using Google.Protobuf;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>Attributes of a node by name; what is absent is empty.</summary>
internal static class OnnxAttributes
{
    public static AttributeProto? Find(NodeProto node, string name)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.Name == name)
            {
                return attribute;
            }
        }

        return null;
    }

    public static IReadOnlyList<long> Ints(NodeProto node, string name) => Find(node, name)?.Ints ?? [];

    public static IReadOnlyList<ByteString> Strings(NodeProto node, string name) => Find(node, name)?.Strings ?? [];

    public static long Int(NodeProto node, string name, long absent) =>
        Find(node, name) is { HasI: true } attribute ? attribute.I : absent;

    /// <summary>How many numbers an attribute has, or the tensor that may stand in its place.</summary>
    public static long FloatCount(NodeProto node, string name, string tensorName)
    {
        if (Find(node, name) is { } floats)
        {
            return floats.Floats.Count;
        }

        return Find(node, tensorName)?.T is { Dims.Count: 1 } tensor ? tensor.Dims[0] : 0;
    }
}
