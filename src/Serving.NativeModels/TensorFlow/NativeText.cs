using Serving.Data.Tensors;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// Strings of a tensor: 24 bytes each, in place up to 22 bytes of text, else a pointer. Source:
/// TensorFlow's ctstring.h.
/// </summary>
internal static unsafe class NativeText
{
    // The lowest two bits of the first byte say how a string is held: 0 in place, its length in the others.
    private const int KindMask = 3;
    private const int KindBits = 2;
    private const int InPlaceMax = 22;

    /// <summary>Makes a tensor of strings; TensorFlow owns copies of the long ones.</summary>
    public static nint Create(TensorBuffer texts, int type, long* shape)
    {
        nint tensor = TensorFlowNative.TF_AllocateTensor(
            type, shape, texts.Rank, (nuint)texts.Count * TensorFlowNative.TextBytes);
        byte* element = TensorFlowNative.TF_TensorData(tensor);
        for (int i = 0; i < texts.Count; i++)
        {
            Write(element, texts.TextAt(i));
            element += TensorFlowNative.TextBytes;
        }

        return tensor;
    }

    /// <summary>Adds the strings of a tensor. REQUIRES: it has as many as the buffer's shape.</summary>
    public static void Read(nint tensor, TensorBuffer texts)
    {
        byte* element = TensorFlowNative.TF_TensorData(tensor);
        for (int i = 0; i < texts.Count; i++)
        {
            bool isInPlace = (*element & KindMask) == 0;
            texts.AddText(isInPlace
                ? new ReadOnlySpan<byte>(element + 1, *element >> KindBits)
                : new ReadOnlySpan<byte>(
                    TensorFlowNative.TF_StringGetDataPointer(element),
                    checked((int)TensorFlowNative.TF_StringGetSize(element))));
            element += TensorFlowNative.TextBytes;
        }
    }

    private static void Write(byte* element, ReadOnlySpan<byte> text)
    {
        new Span<byte>(element, TensorFlowNative.TextBytes).Clear();
        if (text.Length <= InPlaceMax)
        {
            *element = (byte)(text.Length << KindBits);
            text.CopyTo(new Span<byte>(element + 1, InPlaceMax));
            return;
        }

        // An empty string of this library is 24 zero bytes; a copy, as models may keep what a view would lose.
        fixed (byte* from = text)
        {
            TensorFlowNative.TF_StringCopy(element, from, (nuint)text.Length);
        }
    }
}
