namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>Operands of different shapes: dimensions are matched from the last, and one of 1 goes with any.</summary>
internal static class BroadcastRules
{
    /// <summary>All inputs from one on, broadcast.</summary>
    public static ValueFact Of(ShapeCall call, int type, int from)
    {
        long[]? dims = [];
        for (int i = from; i < call.Inputs.Length && dims is not null; i++)
        {
            dims = Join(call, dims, call.Inputs[i].Dims);
        }

        return new ValueFact(type, dims);
    }

    /// <summary>
    /// Two shapes, broadcast; null where not known or where they can not go together, which is noted.
    /// </summary>
    public static long[]? Join(ShapeCall call, long[]? left, long[]? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        var joined = new long[Math.Max(left.Length, right.Length)];
        for (int i = 0; i < joined.Length; i++)
        {
            long a = SizeAt(left, i - joined.Length + left.Length);
            long b = SizeAt(right, i - joined.Length + right.Length);
            if (a > 1 && b > 1 && a != b)
            {
                call.Refuse(
                    $"{new ValueFact(0, left).ShapeText} with {new ValueFact(0, right).ShapeText}",
                    "shapes that can be broadcast to each other");
                return null;
            }

            joined[i] = a == 1 ? b : b == 1 ? a : a < 0 ? b : a;
        }

        return joined;
    }

    private static long SizeAt(long[] dims, int index) => index < 0 ? 1 : dims[index];
}
