using System.Globalization;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Sizes and spelling of shapes in the file.</summary>
internal static class ShapeText
{
    /// <summary>Number of elements; -1 where a dimension is unknown or negative, or they are too many.</summary>
    public static long CountOf(TensorShapeProto? shape)
    {
        if (shape is null)
        {
            return 1;
        }

        if (shape.UnknownRank)
        {
            return -1;
        }

        long count = 1;
        foreach (TensorShapeProto.Types.Dim dim in shape.Dim)
        {
            if (dim.Size < 0 || (dim.Size > 0 && count > (long.MaxValue >> 6) / dim.Size))
            {
                return -1;
            }

            count *= dim.Size;
        }

        return count;
    }

    /// <summary>Whether two shapes can be the same: unknown ones fit all.</summary>
    public static bool Fits(TensorShapeProto declared, TensorShapeProto actual)
    {
        if (declared.UnknownRank || actual.UnknownRank)
        {
            return true;
        }

        if (declared.Dim.Count != actual.Dim.Count)
        {
            return false;
        }

        for (int i = 0; i < declared.Dim.Count; i++)
        {
            if (declared.Dim[i].Size >= 0 && actual.Dim[i].Size >= 0 && declared.Dim[i].Size != actual.Dim[i].Size)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A shape as messages spell it.</summary>
    public static string Of(TensorShapeProto? shape) => shape switch
    {
        null => "[]",
        { UnknownRank: true } => "[...]",
        _ => $"[{string.Join(',', shape.Dim.Take(16).Select(Dimension))}{(shape.Dim.Count > 16 ? ",..." : "")}]",
    };

    private static string Dimension(TensorShapeProto.Types.Dim dim) =>
        dim.Size < 0 ? "?" : dim.Size.ToString(CultureInfo.InvariantCulture);
}
