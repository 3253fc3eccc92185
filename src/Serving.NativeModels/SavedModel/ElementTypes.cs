using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>TensorFlow's types of elements beside ours.</summary>
internal static class ElementTypes
{
    // A reference to a tensor of type T (TensorFlow 1's variables) is written as T + 100.
    private const int ReferenceOffset = 100;

    /// <summary>Our type; none of types that no wire carries (complex, bfloat16, quantised, resources).</summary>
    public static TensorType TypeOf(DataType type) => WithoutReference(type) switch
    {
        DataType.DtHalf => TensorType.Float16,
        DataType.DtFloat => TensorType.Float32,
        DataType.DtDouble => TensorType.Float64,
        DataType.DtInt8 => TensorType.Int8,
        DataType.DtInt16 => TensorType.Int16,
        DataType.DtInt32 => TensorType.Int32,
        DataType.DtInt64 => TensorType.Int64,
        DataType.DtUint8 => TensorType.UInt8,
        DataType.DtUint16 => TensorType.UInt16,
        DataType.DtUint32 => TensorType.UInt32,
        DataType.DtUint64 => TensorType.UInt64,
        DataType.DtBool => TensorType.Bool,
        DataType.DtString => TensorType.Text,
        _ => TensorType.None,
    };

    /// <summary>TensorFlow's type of ours.</summary>
    public static DataType DataTypeOf(TensorType type) => type switch
    {
        TensorType.Float16 => DataType.DtHalf,
        TensorType.Float32 => DataType.DtFloat,
        TensorType.Float64 => DataType.DtDouble,
        TensorType.Int8 => DataType.DtInt8,
        TensorType.Int16 => DataType.DtInt16,
        TensorType.Int32 => DataType.DtInt32,
        TensorType.Int64 => DataType.DtInt64,
        TensorType.UInt8 => DataType.DtUint8,
        TensorType.UInt16 => DataType.DtUint16,
        TensorType.UInt32 => DataType.DtUint32,
        TensorType.UInt64 => DataType.DtUint64,
        TensorType.Bool => DataType.DtBool,
        TensorType.Text => DataType.DtString,
        _ => DataType.DtInvalid,
    };

    /// <summary>The type without TensorFlow 1's mark of a reference.</summary>
    public static DataType WithoutReference(DataType type) =>
        (int)type > ReferenceOffset ? (DataType)((int)type - ReferenceOffset) : type;

    /// <summary>Bytes of an element; 0 of strings, variants, resources and unknown types.</summary>
    public static int SizeOf(DataType type) => WithoutReference(type) switch
    {
        DataType.DtComplex64 => 8,
        DataType.DtComplex128 => 16,
        DataType.DtBfloat16 or DataType.DtQint16 or DataType.DtQuint16 => 2,
        DataType.DtQint32 => 4,
        DataType.DtQint8 or DataType.DtQuint8 or DataType.DtFloat8E5M2 or DataType.DtFloat8E4M3Fn => 1,
        DataType.DtInt4 or DataType.DtUint4 => 1,
        DataType other => TensorTypes.SizeOf(TypeOf(other)),
    };

    /// <summary>Whether weights or values of this type are narrower than binary32.</summary>
    public static bool IsReduced(DataType type) => WithoutReference(type) is DataType.DtHalf or DataType.DtBfloat16
        or DataType.DtQint8 or DataType.DtQuint8 or DataType.DtQint16 or DataType.DtQuint16 or DataType.DtQint32
        or DataType.DtFloat8E5M2 or DataType.DtFloat8E4M3Fn;

    /// <summary>How messages name a type: ours where there is one.</summary>
    public static string NameOf(DataType type) => TypeOf(type) is var ours and not TensorType.None
        ? TensorTypes.NameOf(ours)
        : $"type {(int)type}";
}
