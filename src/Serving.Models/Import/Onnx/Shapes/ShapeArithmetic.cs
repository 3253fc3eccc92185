namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>The arithmetic by which exporters compute shapes out of shapes.</summary>
internal static class ShapeArithmetic
{
    /// <summary>Sum, difference, product or quotient.</summary>
    public static ValueFact Binary(ShapeCall call)
    {
        ValueFact shape = BroadcastRules.Of(call, call.Input(0).Type, 0);
        long[]? left = call.Input(0).Elements;
        long[]? right = call.Input(1).Elements;
        if (left is null || right is null || shape.Dims is null
            || (left.Length != right.Length && left.Length != 1 && right.Length != 1))
        {
            return shape;
        }

        var result = new long[Math.Max(left.Length, right.Length)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Apply(
                call.Node.OpType, left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i]);
        }

        return shape with { Elements = result };
    }

    /// <summary>The dimensions as a value.</summary>
    public static ValueFact Shape(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims)
        {
            return new ValueFact(OnnxTypes.Int64, [-1]);
        }

        int start = Bound(OnnxAttributes.Int(call.Node, "start", 0), dims.Length);
        int end = Math.Max(start, Bound(OnnxAttributes.Int(call.Node, "end", dims.Length), dims.Length));
        return new ValueFact(OnnxTypes.Int64, [end - start])
        {
            Elements = [.. dims[start..end].Select(size => size < 0 ? ValueFact.UnknownElement : size)],
        };
    }

    /// <summary>The number of elements as a value.</summary>
    public static ValueFact Size(ShapeCall call)
    {
        long count = 1;
        foreach (long size in call.Input(0).Dims ?? [-1])
        {
            count = GrowthRules.Times(count, size);
        }

        return new ValueFact(OnnxTypes.Int64, []) { Elements = [count < 0 ? ValueFact.UnknownElement : count] };
    }

    /// <summary>Elements by their places.</summary>
    public static ValueFact Gather(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims || call.Input(1).Dims is not { } places)
        {
            return new ValueFact(call.Input(0).Type, null);
        }

        int axis = LayoutRules.AxisOf(OnnxAttributes.Int(call.Node, "axis", 0), dims.Length);
        if (axis < 0)
        {
            return call.Refuse($"an axis that {call.Input(0).ShapeText} does not have", "one of its axes");
        }

        var shape = new ValueFact(call.Input(0).Type, [.. dims[..axis], .. places, .. dims[(axis + 1)..]]);
        if (dims.Length != 1 || call.Input(0).Elements is not { } elements
            || !call.Input(1).TryElements(out long[] indices))
        {
            return shape;
        }

        long[] places0 = Array.ConvertAll(indices, index => index < 0 ? index + elements.Length : index);
        return places0.Any(place => place < 0 || place >= elements.Length)
            ? call.Refuse($"index {indices[0]} of {elements.Length} elements", "an index that it has")
            : shape with { Elements = Array.ConvertAll(places0, place => elements[place]) };
    }

    /// <summary>A part of a list.</summary>
    public static ValueFact Slice(ShapeCall call)
    {
        if (call.Input(0).Elements is not { } elements || call.Input(0).Dims is not { Length: 1 }
            || call.Ints("starts", 1) is not { Length: 1 } starts || call.Ints("ends", 2) is not { Length: 1 } ends
            || (call.Inputs.Length > 4 && call.Input(4).Elements is not [1]))
        {
            return new ValueFact(call.Input(0).Type, null);
        }

        int start = Bound(starts[0], elements.Length);
        int end = Math.Max(start, Bound(ends[0], elements.Length));
        return new ValueFact(call.Input(0).Type, [end - start]) { Elements = elements[start..end] };
    }

    private static int Bound(long index, int length) =>
        (int)Math.Clamp(index < 0 ? index + length : index, 0, length);

    private static long Apply(string type, long left, long right)
    {
        if (left == ValueFact.UnknownElement || right == ValueFact.UnknownElement || (type == "Div" && right == 0))
        {
            return ValueFact.UnknownElement;
        }

        Int128 result = type switch
        {
            "Add" => (Int128)left + right,
            "Sub" => (Int128)left - right,
            "Mul" => (Int128)left * right,
            _ => (Int128)left / right,
        };
        return result > long.MinValue && result <= long.MaxValue ? (long)result : ValueFact.UnknownElement;
    }
}
