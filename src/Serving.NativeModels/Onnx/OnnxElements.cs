using Microsoft.ML.OnnxRuntime.Tensors;
using Serving.Data.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>Types of elements as the runtime names them.</summary>
internal static class OnnxElements
{
    /// <summary>The runtime's type.</summary>
    public static TensorElementType Of(TensorType type) => type switch
    {
        TensorType.Float16 => TensorElementType.Float16,
        TensorType.Float32 => TensorElementType.Float,
        TensorType.Float64 => TensorElementType.Double,
        TensorType.Int8 => TensorElementType.Int8,
        TensorType.Int16 => TensorElementType.Int16,
        TensorType.Int32 => TensorElementType.Int32,
        TensorType.Int64 => TensorElementType.Int64,
        TensorType.UInt8 => TensorElementType.UInt8,
        TensorType.UInt16 => TensorElementType.UInt16,
        TensorType.UInt32 => TensorElementType.UInt32,
        TensorType.UInt64 => TensorElementType.UInt64,
        TensorType.Bool => TensorElementType.Bool,
        TensorType.Text => TensorElementType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Our type; none where serving has no such type.</summary>
    public static TensorType Of(TensorElementType type)
    {
        for (TensorType candidate = TensorType.Float16; candidate <= TensorType.Text; candidate++)
        {
            if (Of(candidate) == type)
            {
                return candidate;
            }
        }

        return TensorType.None;
    }
}
