namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>
/// The first output of an operator from its inputs, after the public definitions of the operators: those that can make
/// a large value of a small one, and those that shapes pass through on the way there.
/// </summary>
internal static class ShapeRules
{
    // Before this version operators broadcast by an attribute of their own.
    private const int BroadcastVersion = 7;

    /// <summary>What is known of the first output.</summary>
    public static ValueFact OutputOf(ShapeCall call) => call.Node.OpType switch
    {
        "Identity" => call.Input(0),
        "Abs" or "Acos" or "Asin" or "Atan" or "BatchNormalization" or "Ceil" or "Celu" or "Clip" or "Cos" or "CumSum"
            or "Dropout" or "Elu" or "Erf" or "Exp" or "Floor" or "Gelu" or "HardSigmoid" or "HardSwish" or "Hardmax"
            or "InstanceNormalization" or "LayerNormalization" or "LeakyRelu" or "Log" or "LogSoftmax" or "Mish"
            or "Neg"
            or "Not" or "Reciprocal" or "Relu" or "Round" or "Selu" or "Sigmoid" or "Sign" or "Sin" or "Softmax"
            or "Softplus" or "Softsign" or "Sqrt" or "Tan" or "Tanh" or "ThresholdedRelu" or "Trilu"
            => new ValueFact(call.Input(0).Type, call.Input(0).Dims),
        "Cast" => Cast(call.Input(0), OnnxAttributes.Int(call.Node, "to", 0)),
        "IsNaN" or "IsInf" => new ValueFact(OnnxTypes.Bool, call.Input(0).Dims),
        "Add" or "Sub" or "Mul" or "Div" when call.Version >= BroadcastVersion => ShapeArithmetic.Binary(call),
        "Pow" or "Mod" or "BitShift" or "PRelu" or "Min" or "Max" or "Sum" or "Mean"
            when call.Version >= BroadcastVersion => BroadcastRules.Of(call, call.Input(0).Type, 0),
        "And" or "Or" or "Xor" or "Equal" or "Less" or "Greater" or "LessOrEqual" or "GreaterOrEqual"
            when call.Version >= BroadcastVersion => BroadcastRules.Of(call, OnnxTypes.Bool, 0),
        "Where" => BroadcastRules.Of(call, call.Input(1).Type, 0),
        "Constant" => ConstantRules.Constant(call),
        "ConstantOfShape" => ConstantRules.ConstantOfShape(call),
        "RandomNormal" or "RandomUniform" => ConstantRules.Random(call),
        "EyeLike" => new ValueFact((int)OnnxAttributes.Int(call.Node, "dtype", call.Input(0).Type), call.Input(0).Dims),
        "Range" => ConstantRules.Range(call),
        "OneHot" => ConstantRules.OneHot(call),
        "MatMul" => MatrixRules.MatMul(call),
        "Gemm" => MatrixRules.Gemm(call),
        "Shape" => ShapeArithmetic.Shape(call),
        "Size" => ShapeArithmetic.Size(call),
        "Gather" => ShapeArithmetic.Gather(call),
        "Concat" => LayoutRules.Concat(call),
        "Slice" => ShapeArithmetic.Slice(call),
        "Squeeze" => LayoutRules.Squeeze(call),
        "Unsqueeze" => LayoutRules.Unsqueeze(call),
        "Reshape" => LayoutRules.Reshape(call),
        "Flatten" => LayoutRules.Flatten(call),
        "Transpose" => LayoutRules.Transpose(call),
        "Expand" => GrowthRules.Expand(call),
        "Tile" => GrowthRules.Tile(call),
        "Pad" => GrowthRules.Pad(call),
        "Resize" or "Upsample" => GrowthRules.Resize(call),
        _ => ValueFact.Unknown,
    };

    private static ValueFact Cast(ValueFact input, long to) =>
        to is 6 or OnnxTypes.Int64
            ? input with { Type = (int)to }
            : new ValueFact(OnnxTypes.IsKnown((int)to) ? (int)to : 0, input.Dims);
}
