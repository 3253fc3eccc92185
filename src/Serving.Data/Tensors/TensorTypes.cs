using System.Collections.Immutable;

namespace Serving.Data.Tensors;

/// <summary>Names and sizes of <see cref="TensorType"/>. Stateless, safe for use by several threads.</summary>
public static class TensorTypes
{
    private static readonly ImmutableArray<(TensorType Type, string Name, int Size)> Table =
    [
        (TensorType.Float16, "f16", 2),
        (TensorType.Float32, "f32", 4),
        (TensorType.Float64, "f64", 8),
        (TensorType.Int8, "i8", 1),
        (TensorType.Int16, "i16", 2),
        (TensorType.Int32, "i32", 4),
        (TensorType.Int64, "i64", 8),
        (TensorType.UInt8, "u8", 1),
        (TensorType.UInt16, "u16", 2),
        (TensorType.UInt32, "u32", 4),
        (TensorType.UInt64, "u64", 8),
        (TensorType.Bool, "bool", 1),
        (TensorType.Text, "string", 0),
    ];

    /// <summary>All names as <c>serving.v1</c> spells them.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The name of a type, e.g. <c>f32</c>; <c>none</c> of <see cref="TensorType.None"/>.</summary>
    public static string NameOf(TensorType type) => type == TensorType.None ? "none" : Table[(int)type - 1].Name;

    /// <summary>
    /// Bytes of an element; 0 of <see cref="TensorType.Text"/>, whose elements have lengths of their own.
    /// </summary>
    public static int SizeOf(TensorType type) => type == TensorType.None ? 0 : Table[(int)type - 1].Size;

    /// <summary>Whether elements are binary floating-point numbers.</summary>
    public static bool IsFloat(TensorType type) =>
        type is TensorType.Float16 or TensorType.Float32 or TensorType.Float64;

    /// <summary>The type of a name; false where there is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out TensorType type)
    {
        foreach ((TensorType candidate, string text, _) in Table)
        {
            if (name.SequenceEqual(text))
            {
                type = candidate;
                return true;
            }
        }

        type = TensorType.None;
        return false;
    }
}
