namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>Products of matrices.</summary>
internal static class MatrixRules
{
    /// <summary>As numpy's matmul.</summary>
    public static ValueFact MatMul(ShapeCall call)
    {
        if (call.Input(0).Dims is not { Length: > 0 } left || call.Input(1).Dims is not { Length: > 0 } right)
        {
            return ValueFact.Unknown;
        }

        long inner = left[^1];
        long other = right.Length == 1 ? right[0] : right[^2];
        if (inner >= 0 && other >= 0 && inner != other)
        {
            return call.Refuse(
                $"{call.Input(0).ShapeText} x {call.Input(1).ShapeText}", "equal inner dimensions");
        }

        long[]? batch = BroadcastRules.Join(
            call, left[..Math.Max(0, left.Length - 2)], right[..Math.Max(0, right.Length - 2)]);
        if (batch is null)
        {
            return ValueFact.Unknown;
        }

        long[] rows = left.Length == 1 ? [] : [left[^2]];
        long[] columns = right.Length == 1 ? [] : [right[^1]];
        return new ValueFact(call.Input(0).Type, [.. batch, .. rows, .. columns]);
    }

    /// <summary>alpha A B + beta C, either factor transposed.</summary>
    public static ValueFact Gemm(ShapeCall call)
    {
        if (call.Input(0).Dims is not { } left || call.Input(1).Dims is not { } right)
        {
            return ValueFact.Unknown;
        }

        if (left.Length != 2 || right.Length != 2)
        {
            return call.Refuse($"{call.Input(0).ShapeText} x {call.Input(1).ShapeText}", "two matrices");
        }

        bool isLeftTurned = OnnxAttributes.Int(call.Node, "transA", 0) != 0;
        bool isRightTurned = OnnxAttributes.Int(call.Node, "transB", 0) != 0;
        long inner = left[isLeftTurned ? 0 : 1];
        long other = right[isRightTurned ? 1 : 0];
        if (inner >= 0 && other >= 0 && inner != other)
        {
            return call.Refuse(
                $"{call.Input(0).ShapeText} x {call.Input(1).ShapeText}", "equal inner dimensions");
        }

        long[] dims = [left[isLeftTurned ? 1 : 0], right[isRightTurned ? 0 : 1]];
        if (call.Input(2).Dims is { } bias && call.Version >= 7 && !Fits(bias, dims))
        {
            return call.Refuse(
                $"a bias {call.Input(2).ShapeText} on {new ValueFact(0, dims).ShapeText}",
                    "one that is broadcast to it");
        }

        return new ValueFact(call.Input(0).Type, dims);
    }

    private static bool Fits(long[] bias, long[] dims)
    {
        for (int i = 0; i < bias.Length; i++)
        {
            int at = dims.Length - bias.Length + i;
            if (at < 0 ? bias[i] > 1 : bias[i] > 1 && dims[at] >= 0 && bias[i] != dims[at])
            {
                return false;
            }
        }

        return true;
    }
}
