using Google.Protobuf;
using Serving.NativeModels.SavedModel.Schema;
using Serving.NativeModels.SavedModel.Variables;

namespace Serving.NativeModels.SavedModel;

/// <summary>The strings of a constant.</summary>
internal static class ConstantTexts
{
    /// <summary>
    /// Its strings as UTF-8; null of another type, or where they are damaged. As TensorFlow reads them: the last value
    /// stands for those that are left out.
    /// </summary>
    /// <param name="tensor">The constant.</param>
    /// <param name="expected">How many there must be; without it few bytes of file could ask for many.</param>
    public static List<string>? Of(TensorProto? tensor, int expected)
    {
        if (tensor is null || tensor.Dtype != DataType.DtString
            || ShapeText.CountOf(tensor.TensorShape) != expected)
        {
            return null;
        }

        if (!tensor.TensorContent.IsEmpty)
        {
            return Packed(tensor.TensorContent, expected);
        }

        var texts = new List<string>(expected);
        for (int i = 0; i < expected; i++)
        {
            texts.Add(tensor.StringVal.Count == 0
                ? ""
                : i < tensor.StringVal.Count ? tensor.StringVal[i].ToStringUtf8() : texts[^1]);
        }

        return texts;
    }

    // All lengths first, then all bytes.
    private static List<string>? Packed(ByteString content, int count)
    {
        ReadOnlySpan<byte> bytes = content.Span;
        var lengths = new List<int>(Math.Min(count, bytes.Length));
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            if (!TableBlock.TryVarint(bytes, ref at, out ulong length) || length > (ulong)bytes.Length)
            {
                return null;
            }

            lengths.Add((int)length);
        }

        var texts = new List<string>(count);
        foreach (int length in lengths)
        {
            if (length > bytes.Length - at)
            {
                return null;
            }

            texts.Add(System.Text.Encoding.UTF8.GetString(bytes.Slice(at, length)));
            at += length;
        }

        return texts;
    }
}
