using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>Values that are made of numbers alone.</summary>
internal static class ConstantRules
{
    /// <summary>A value in the file.</summary>
    public static ValueFact Constant(ShapeCall call)
    {
        if (call.Node.Attribute.Count == 0)
        {
            return ValueFact.Unknown;
        }

        AttributeProto attribute = call.Node.Attribute[0];
        return attribute.Name switch
        {
            "value" when attribute.T is not null => ShapeWalk.FactOf(attribute.T),
            "value_int" => new ValueFact(OnnxTypes.Int64, []) { Elements = [attribute.I], IsConstant = true },
            "value_ints" => new ValueFact(OnnxTypes.Int64, [attribute.Ints.Count])
            {
                Elements = attribute.Ints.Count <= ValueFact.ElementsMax ? [.. attribute.Ints] : null,
                IsConstant = true,
            },
            "value_float" => new ValueFact(OnnxTypes.Float32, []) { IsConstant = true },
            "value_floats" => new ValueFact(OnnxTypes.Float32, [attribute.Floats.Count]) { IsConstant = true },
            _ => ValueFact.Unknown,
        };
    }

    /// <summary>One element in each place of a shape.</summary>
    public static ValueFact ConstantOfShape(ShapeCall call)
    {
        TensorProto? value = OnnxAttributes.Find(call.Node, "value")?.T;
        return new ValueFact(value?.DataType ?? OnnxTypes.Float32, DimsOf(call, call.Input(0)));
    }

    /// <summary>A shape that an attribute gives.</summary>
    public static ValueFact Random(ShapeCall call)
    {
        long[] dims = [.. OnnxAttributes.Ints(call.Node, "shape")];
        return dims.Any(size => size < 0)
            ? call.Refuse($"shape {new ValueFact(0, dims).ShapeText}", "no negative size")
            : new ValueFact((int)OnnxAttributes.Int(call.Node, "dtype", OnnxTypes.Float32), dims);
    }

    /// <summary>From a start to a limit by steps.</summary>
    public static ValueFact Range(ShapeCall call)
    {
        if (!call.Input(0).TryElements(out long[] start) || !call.Input(1).TryElements(out long[] limit)
            || !call.Input(2).TryElements(out long[] step) || start.Length != 1 || limit.Length != 1
            || step.Length != 1 || step[0] == 0)
        {
            return new ValueFact(call.Input(0).Type, [-1]);
        }

        Int128 count = (((Int128)limit[0] - start[0]) + step[0] - Math.Sign(step[0])) / step[0];
        return new ValueFact(call.Input(0).Type, [(long)Int128.Clamp(count, 0, OnnxLimits.TensorBytesMax)]);
    }

    /// <summary>One more dimension of the depth that an input gives.</summary>
    public static ValueFact OneHot(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims)
        {
            return ValueFact.Unknown;
        }

        long depth = call.Input(1).TryElements(out long[] depths) && depths.Length == 1 && depths[0] >= 0 ? depths[0]
            : -1;
        return new ValueFact(call.Input(2).Type, [.. dims, depth]);
    }

    /// <summary>The shape that a value is; null where not known, refused where it is none.</summary>
    public static long[]? DimsOf(ShapeCall call, ValueFact shape)
    {
        if (shape.Elements is not { } elements)
        {
            return null;
        }

        if (elements.Any(size => size < 0 && size != ValueFact.UnknownElement))
        {
            call.Refuse($"shape [{string.Join(",", elements)}]", "no negative size");
            return null;
        }

        return Array.ConvertAll(elements, size => size == ValueFact.UnknownElement ? -1 : size);
    }
}
