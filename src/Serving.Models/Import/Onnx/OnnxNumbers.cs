using System.Runtime.InteropServices;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>Reads numbers of weights that were checked.</summary>
internal static class OnnxNumbers
{
    /// <summary>Whole numbers of a tensor of i64 or i32 whose data is in the file.</summary>
    public static bool TryInts(TensorProto tensor, out long[] values)
    {
        values = [];
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return false;
        }

        switch (tensor.DataType)
        {
            case OnnxTypes.Int64:
                values = tensor.HasRawData
                    ? MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray()
                    : [.. tensor.Int64Data];
                return true;
            case 6:
                values = tensor.HasRawData
                    ? Array.ConvertAll(MemoryMarshal.Cast<byte, int>(tensor.RawData.Span).ToArray(), x => (long)x)
                    : [.. tensor.Int32Data];
                return true;
            default:
                return false;
        }
    }

    /// <summary>Numbers of a tensor of f32 or f64 whose data is in the file.</summary>
    public static bool TryFloats(TensorProto tensor, out double[] values)
    {
        values = [];
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return false;
        }

        switch (tensor.DataType)
        {
            case OnnxTypes.Float32:
                values = tensor.HasRawData
                    ? Array.ConvertAll(MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray(), x => (double)x)
                    : [.. tensor.FloatData.Select(x => (double)x)];
                return true;
            case OnnxTypes.Float64:
                values = tensor.HasRawData
                    ? MemoryMarshal.Cast<byte, double>(tensor.RawData.Span).ToArray()
                    : [.. tensor.DoubleData];
                return true;
            default:
                return false;
        }
    }
}
