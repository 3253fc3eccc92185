using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>Copies a result out of TensorFlow's memory.</summary>
internal static unsafe class OutputTensor
{
    private const int RankMax = 254;

    /// <summary>Copies a tensor.</summary>
    /// <exception cref="TensorRunException">It is of another type than declared, or too large.</exception>
    public static void Read(nint tensor, TensorSpec spec, TensorBuffer to)
    {
        int type = TensorFlowNative.TF_TensorType(tensor);
        int rank = TensorFlowNative.TF_NumDims(tensor);
        if (type != (int)ElementTypes.DataTypeOf(spec.Type) || rank is < 0 or > RankMax)
        {
            throw OtherType(spec, type);
        }

        Span<long> shape = stackalloc long[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = TensorFlowNative.TF_Dim(tensor, i);
        }

        nuint bytes = TensorFlowNative.TF_TensorByteSize(tensor);
        if (bytes > int.MaxValue)
        {
            throw TooLarge(spec, bytes);
        }

        to.Reset(spec.Type, shape);
        if (spec.Type == TensorType.Text)
        {
            NativeText.Read(tensor, to);
            return;
        }

        // Elements that TensorFlow does not have would be garbage of an earlier call.
        if (bytes != (nuint)to.Bytes.Length)
        {
            throw TooLarge(spec, bytes);
        }

        new ReadOnlySpan<byte>(TensorFlowNative.TF_TensorData(tensor), (int)bytes).CopyTo(to.Bytes);
    }

    private static TensorRunException OtherType(TensorSpec spec, int type) => new(
        ErrorCode.Internal, $"output '{spec.Name}' came as TensorFlow's type {type}, not as {spec.TypeText}");

    private static TensorRunException TooLarge(TensorSpec spec, nuint bytes) => new(
        ErrorCode.ResourceExhausted, $"output '{spec.Name}' came as {bytes} bytes, which is not what its shape needs");
}
