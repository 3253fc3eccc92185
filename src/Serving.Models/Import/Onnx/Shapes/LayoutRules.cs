namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>Operators that arrange elements anew.</summary>
internal static class LayoutRules
{
    /// <summary>Side by side along an axis.</summary>
    public static ValueFact Concat(ShapeCall call)
    {
        if (call.Inputs.Length == 0 || call.Inputs.Any(input => input.Dims is null))
        {
            return ValueFact.Unknown;
        }

        long[] dims = [.. call.Inputs[0].Dims!];
        int axis = AxisOf(OnnxAttributes.Int(call.Node, "axis", 1), dims.Length);
        if (axis < 0 || call.Inputs.Any(input => input.Dims!.Length != dims.Length))
        {
            return call.Refuse(
                string.Join(" with ", call.Inputs.Take(4).Select(input => input.ShapeText)),
                    "equal ranks and an axis in them");
        }

        foreach (ValueFact input in call.Inputs.Skip(1))
        {
            for (int i = 0; i < dims.Length; i++)
            {
                long size = input.Dims![i];
                if (i == axis)
                {
                    dims[i] = dims[i] < 0 || size < 0 ? -1 : Math.Min(dims[i] + size, OnnxLimits.TensorBytesMax);
                }
                else if (dims[i] >= 0 && size >= 0 && dims[i] != size)
                {
                    return call.Refuse(
                        $"{call.Inputs[0].ShapeText} with {input.ShapeText}", "equal sizes but along the axis");
                }
                else
                {
                    dims[i] = Math.Max(dims[i], size);
                }
            }
        }

        bool isKnown = dims.Length == 1 && dims[0] <= ValueFact.ElementsMax
            && call.Inputs.All(input => input.Elements is not null);
        return new ValueFact(call.Inputs[0].Type, dims)
        {
            Elements = isKnown ? [.. call.Inputs.SelectMany(input => input.Elements!)] : null,
        };
    }

    /// <summary>Without dimensions of 1.</summary>
    public static ValueFact Squeeze(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims || call.Ints("axes", 1) is not { } axes)
        {
            return new ValueFact(call.Input(0).Type, null) { Elements = call.Input(0).Elements };
        }

        HashSet<int> dropped = [.. axes.Select(axis => AxisOf(axis, dims.Length))];
        return call.Input(0) with { Dims = [.. dims.Where((_, i) => !dropped.Contains(i))] };
    }

    /// <summary>With dimensions of 1.</summary>
    public static ValueFact Unsqueeze(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims || call.Ints("axes", 1) is not { } axes
            || axes.Length > OnnxLimits.RankMax)
        {
            return new ValueFact(call.Input(0).Type, null) { Elements = call.Input(0).Elements };
        }

        int rank = dims.Length + axes.Length;
        HashSet<int> added = [.. axes.Select(axis => AxisOf(axis, rank))];
        if (added.Contains(-1) || added.Count != axes.Length)
        {
            return call.Refuse($"axes [{string.Join(',', axes)}]", $"different axes of {rank} dimensions");
        }

        var result = new long[rank];
        for (int i = 0, next = 0; i < rank; i++)
        {
            result[i] = added.Contains(i) ? 1 : dims[next++];
        }

        return call.Input(0) with { Dims = result };
    }

    /// <summary>Into a shape; 0 keeps a dimension, -1 takes what is left.</summary>
    public static ValueFact Reshape(ShapeCall call)
    {
        if (call.Ints("shape", 1) is not { } shape || shape.Length > OnnxLimits.RankMax
            || OnnxAttributes.Int(call.Node, "allowzero", 0) != 0)
        {
            return new ValueFact(call.Input(0).Type, null) { Elements = call.Input(0).Elements };
        }

        long[]? dims = call.Input(0).Dims;
        var result = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            result[i] = shape[i] == 0 ? (dims is not null && i < dims.Length ? dims[i] : -1) : Math.Max(-1, shape[i]);
        }

        return new ValueFact(call.Input(0).Type, dims is null ? result : WithRest(call, dims, result))
        {
            Elements = call.Input(0).Elements,
        };
    }

    /// <summary>Into a matrix.</summary>
    public static ValueFact Flatten(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims)
        {
            return ValueFact.Unknown;
        }

        long axis = OnnxAttributes.Int(call.Node, "axis", 1);
        axis += axis < 0 ? dims.Length : 0;
        return axis < 0 || axis > dims.Length
            ? call.Refuse($"axis {axis} of {call.Input(0).ShapeText}", "an axis that it has")
            : new ValueFact(call.Input(0).Type, [Product(dims[..(int)axis]), Product(dims[(int)axis..])]);
    }

    /// <summary>Dimensions in another order.</summary>
    public static ValueFact Transpose(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims)
        {
            return ValueFact.Unknown;
        }

        IReadOnlyList<long> order = OnnxAttributes.Ints(call.Node, "perm");
        if (order.Count == 0)
        {
            return new ValueFact(call.Input(0).Type, [.. dims.Reverse()]);
        }

        return order.Count != dims.Length || order.Any(axis => axis < 0 || axis >= dims.Length)
            ? call.Refuse($"perm [{string.Join(',', order)}] of {call.Input(0).ShapeText}", "each axis once")
            : new ValueFact(call.Input(0).Type, [.. order.Select(axis => dims[axis])]);
    }

    /// <summary>An axis counted from the front; -1 where there is none.</summary>
    public static int AxisOf(long axis, int rank) =>
        axis < -rank || axis >= rank ? -1 : (int)(axis < 0 ? axis + rank : axis);

    // What is left is known where everything else is.
    private static long[] WithRest(ShapeCall call, long[] dims, long[] result)
    {
        long count = Product(dims);
        int rest = Array.IndexOf(result, -1);
        if (count < 0 || (rest >= 0 && (Array.LastIndexOf(result, -1) != rest)))
        {
            return result;
        }

        long known = Product([.. result.Where(size => size >= 0)]);
        if (rest >= 0 ? known == 0 || count % known != 0 : known != count)
        {
            call.Refuse(
                $"{new ValueFact(0, dims).ShapeText} into {new ValueFact(0, result).ShapeText}", "as many elements");
        }
        else if (rest >= 0)
        {
            result[rest] = count / known;
        }

        return result;
    }

    private static long Product(long[] dims)
    {
        long product = 1;
        foreach (long size in dims)
        {
            product = GrowthRules.Times(product, size);
        }

        return product;
    }
}
