using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Checks tensors that stand in the graph: type, size, and that few bytes do not ask for many.</summary>
internal sealed class ConstantCheck(FileProblems problems)
{
    /// <summary>
    /// Bytes of all tensors that repeat their last value: a few bytes of file may fill memory with them.
    /// </summary>
    public const long RepeatedBytesMax = 1L << 30;

    private long _repeatedBytes;

    /// <summary>Adds what is wrong with the tensors of a node's attributes.</summary>
    public void Check(GraphScope scope, NodeDef node)
    {
        bool isConstant = node.Op is "Const" or "HostConst";
        AttrValue? value = node.Attr.GetValueOrDefault("value");
        if (isConstant && value?.ValueCase != AttrValue.ValueOneofCase.Tensor)
        {
            problems.Add(scope.Place(node), "a constant without a tensor", "its value");
            return;
        }

        if (isConstant)
        {
            AttrValue? type = node.Attr.GetValueOrDefault("dtype");
            DataType declared = type?.ValueCase == AttrValue.ValueOneofCase.Type ? type.Type : DataType.DtInvalid;
            if (declared != value!.Tensor.Dtype)
            {
                problems.Add(
                    scope.Place(node),
                    $"a tensor of {ElementTypes.NameOf(value.Tensor.Dtype)}",
                    $"{ElementTypes.NameOf(declared)}, as its node says");
            }
        }

        foreach (AttrValue attribute in node.Attr.Values)
        {
            Attribute(scope, node, attribute);
        }
    }

    private void Attribute(GraphScope scope, NodeDef node, AttrValue attribute)
    {
        if (attribute.ValueCase == AttrValue.ValueOneofCase.Tensor)
        {
            Tensor(scope, node, attribute.Tensor);
        }
        else if (attribute.ValueCase == AttrValue.ValueOneofCase.List)
        {
            foreach (TensorProto tensor in attribute.List.Tensor)
            {
                Tensor(scope, node, tensor);
            }
        }
    }

    private void Tensor(GraphScope scope, NodeDef node, TensorProto tensor)
    {
        if (ProblemOf(tensor) is { } found)
        {
            problems.Add(scope.Place(node), found, "a whole tensor");
            return;
        }

        if (tensor.TensorContent.IsEmpty)
        {
            _repeatedBytes += ShapeText.CountOf(tensor.TensorShape) * Math.Max(1, ElementTypes.SizeOf(tensor.Dtype));
            if (_repeatedBytes is > RepeatedBytesMax or < 0)
            {
                problems.Add(
                    scope.Place(node),
                    $"a tensor of shape {ShapeText.Of(tensor.TensorShape)} without contents",
                    $"at most {RepeatedBytesMax} bytes of such tensors in all");
                _repeatedBytes = 0;
            }
        }
    }

    /// <summary>What is wrong with a tensor; null of a whole one.</summary>
    public static string? ProblemOf(TensorProto tensor)
    {
        long count = ShapeText.CountOf(tensor.TensorShape);
        if (count < 0)
        {
            return $"a tensor of shape {ShapeText.Of(tensor.TensorShape)}";
        }

        int size = ElementTypes.SizeOf(tensor.Dtype);
        long length = tensor.TensorContent.Length;
        return length > 0 && size > 0 && (count > length || count * size != length)
            ? $"{length} bytes for a tensor {ElementTypes.NameOf(tensor.Dtype)}{ShapeText.Of(tensor.TensorShape)}"
            : null;
    }
}
