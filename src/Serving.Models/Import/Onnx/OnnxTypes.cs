using Serving.Data.Tensors;

namespace Serving.Models.Import.Onnx;

/// <summary>Types of elements as ONNX numbers them.</summary>
internal static class OnnxTypes
{
    public const int Float32 = 1;
    public const int Text = 8;
    public const int Int64 = 7;
    public const int Bool = 9;
    public const int Float16 = 10;
    public const int Float64 = 11;
    public const int BFloat16 = 16;

    private const int Last = 26;

    /// <summary>Whether there is such a type.</summary>
    public static bool IsKnown(int type) => type is >= 1 and <= Last;

    /// <summary>Bits of an element; 0 of text and of no type.</summary>
    public static int BitsOf(int type) => type switch
    {
        2 or 3 or Bool or 17 or 18 or 19 or 20 or 24 => 8,
        4 or 5 or Float16 or BFloat16 => 16,
        Float32 or 6 or 12 => 32,
        Int64 or Float64 or 13 or 14 => 64,
        15 => 128,
        21 or 22 or 23 => 4,
        25 or 26 => 2,
        _ => 0,
    };

    /// <summary>Bytes of so many elements; those of less than a byte are packed.</summary>
    public static long BytesOf(int type, long count)
    {
        int bits = BitsOf(type);
        return bits >= 8 ? count * (bits / 8) : ((count * bits) + 7) / 8;
    }

    /// <summary>Whether numbers of it are narrower than binary32 and no counts, ids or flags.</summary>
    public static bool IsReduced(int type) => type is Float16 or BFloat16 or >= 17;

    /// <summary>The type on the wire; none where serving has no such type.</summary>
    public static TensorType TensorTypeOf(int type) => type switch
    {
        Float32 => TensorType.Float32,
        2 => TensorType.UInt8,
        3 => TensorType.Int8,
        4 => TensorType.UInt16,
        5 => TensorType.Int16,
        6 => TensorType.Int32,
        Int64 => TensorType.Int64,
        Text => TensorType.Text,
        Bool => TensorType.Bool,
        Float16 => TensorType.Float16,
        Float64 => TensorType.Float64,
        12 => TensorType.UInt32,
        13 => TensorType.UInt64,
        _ => TensorType.None,
    };

    /// <summary>Its name in messages.</summary>
    public static string NameOf(int type) =>
        TensorTypeOf(type) is var known and not TensorType.None ? TensorTypes.NameOf(known) : $"type {type}";
}
