using Serving.Data.Tensors;

namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>
/// What is known of a value before the model runs. Immutable.
/// </summary>
/// <param name="Type">Type of its elements as ONNX numbers them; 0 where it is not known.</param>
/// <param name="Dims">Dimensions, -1 where one is not known; null where even their number is not.</param>
internal sealed record ValueFact(int Type, long[]? Dims)
{
    /// <summary>An element whose value is not known.</summary>
    public const long UnknownElement = long.MinValue;

    /// <summary>Elements that are kept at most: shapes are short, and so is the arithmetic on them.</summary>
    public const int ElementsMax = 256;

    private const int TextBytes = 32;

    /// <summary>Nothing is known.</summary>
    public static ValueFact Unknown { get; } = new(0, null);

    /// <summary>Whole numbers, row-major; null where they are not known.</summary>
    public long[]? Elements { get; init; }

    /// <summary>Whether it is the same in each call, so that the runtime computes it once, when it loads.</summary>
    public bool IsConstant { get; init; }

    /// <summary>Bytes that it takes at least.</summary>
    public long BytesMin()
    {
        if (Dims is null)
        {
            return 0;
        }

        long count = TensorBuffer.ElementCount(Array.ConvertAll(Dims, size => size < 0 ? 1 : size));
        int bits = OnnxTypes.BitsOf(Type);
        return bits == 0
            ? count * (Type == OnnxTypes.Text ? TextBytes : 1)
            : count > long.MaxValue / 16 ? long.MaxValue : OnnxTypes.BytesOf(Type, count);
    }

    /// <summary>Its elements where each is known.</summary>
    public bool TryElements(out long[] elements)
    {
        elements = Elements ?? [];
        return Elements is not null && !Elements.Contains(UnknownElement);
    }

    /// <summary>Its shape as messages spell it.</summary>
    public string ShapeText => Dims is null ? "[...]"
        : $"[{string.Join(',', Dims.Select(size => size < 0 ? "?" : $"{size}"))}]";
}
