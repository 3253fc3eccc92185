namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>Operators that repeat what they are given.</summary>
internal static class GrowthRules
{
    /// <summary>Broadcast to a shape.</summary>
    public static ValueFact Expand(ShapeCall call)
    {
        long[]? wanted = ConstantRules.DimsOf(call, call.Input(1));
        return wanted is null || call.Found is not null
            ? new ValueFact(call.Input(0).Type, null)
            : new ValueFact(call.Input(0).Type, BroadcastRules.Join(call, call.Input(0).Dims ?? [1], wanted));
    }

    /// <summary>Each dimension so many times.</summary>
    public static ValueFact Tile(ShapeCall call)
    {
        if (call.Version < 6 || call.Input(0).Dims is not { } dims
            || call.Input(1).Elements is not { } times || times.Length != dims.Length)
        {
            return new ValueFact(call.Input(0).Type, null);
        }

        return new ValueFact(call.Input(0).Type, [.. dims.Zip(times, (size, count) => Times(size, count))]);
    }

    /// <summary>Elements before and behind.</summary>
    public static ValueFact Pad(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims || call.Inputs.Length > 3
            || call.Ints("pads", 1) is not { } pads || pads.Length != 2 * dims.Length)
        {
            return new ValueFact(call.Input(0).Type, null);
        }

        return new ValueFact(
            call.Input(0).Type,
            [.. dims.Select((size, i) => size < 0 ? -1 : Sum(size, pads[i], pads[i + dims.Length]))]);
    }

    /// <summary>By sizes or by factors.</summary>
    public static ValueFact Resize(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } dims || call.Version < 11
            || OnnxAttributes.Find(call.Node, "axes") is not null)
        {
            return new ValueFact(call.Input(0).Type, null);
        }

        long[]? sizes = call.Input(3).Elements;
        return sizes is null || sizes.Length != dims.Length
            ? new ValueFact(call.Input(0).Type, null)
            : new ValueFact(
                call.Input(0).Type,
                Array.ConvertAll(sizes, size => size is < 0 or ValueFact.UnknownElement ? -1 : size));
    }

    /// <summary>A product that stays a size; -1 where a factor is not known.</summary>
    public static long Times(long size, long count) =>
        size < 0 || count < 0 ? -1
            : (long)UInt128.Min((UInt128)size * (UInt128)count, (UInt128)OnnxLimits.TensorBytesMax);

    private static long Sum(long size, long before, long behind) =>
        (long)Int128.Clamp((Int128)size + before + behind, 0, OnnxLimits.TensorBytesMax);
}
