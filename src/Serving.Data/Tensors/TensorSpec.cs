using System.Collections.Immutable;
using System.Globalization;

namespace Serving.Data.Tensors;

/// <summary>What a model declares of one input or output. Immutable, safe for use by several threads.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Type">Type of its elements; of a map, of its values.</param>
/// <param name="Shape">Dimensions, -1 where any size goes; null where even their number is not known.</param>
public sealed record TensorSpec(string Name, TensorType Type, ImmutableArray<long>? Shape)
{
    /// <summary>What it is.</summary>
    public TensorKind Kind { get; init; }

    /// <summary>Type of the keys of a map: <see cref="TensorType.Int64"/> or <see cref="TensorType.Text"/>.</summary>
    public TensorType KeyType { get; init; }

    /// <summary>Whether the model has a value of its own where a call gives none.</summary>
    public bool HasDefault { get; init; }

    /// <summary>
    /// Names of its dimensions, empty where a dimension has none: equal names are equal sizes (ONNX).
    /// </summary>
    public ImmutableArray<string> DimensionNames { get; init; } = [];

    /// <summary>
    /// What the model's parser of <c>tf.Example</c> messages reads where this text input feeds one; else empty.
    /// </summary>
    public ImmutableArray<ExampleFeature> Example { get; init; } = [];

    /// <summary>Whether a tensor of these dimensions may stand here.</summary>
    public bool Accepts(ReadOnlySpan<long> shape)
    {
        if (Shape is not { } declared)
        {
            return true;
        }

        if (declared.Length != shape.Length)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (declared[i] >= 0 && declared[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Type without dimensions as <c>model show</c> spells it: <c>f32</c>, <c>map(i64,f32)</c>, <c>sequence(...)</c>.
    /// </summary>
    public string TypeName => Spelled("");

    /// <summary>Type and shape as messages and schemas spell them, e.g. <c>f32[?,9]</c>.</summary>
    public string TypeText => Spelled(DimensionsText);

    private string DimensionsText => Shape is { } shape
        ? $"[{string.Join(',', shape.Select(size => size < 0 ? "?" : size.ToString(CultureInfo.InvariantCulture)))}]"
        : "[...]";

    private string Spelled(string dimensions) => Kind switch
    {
        TensorKind.Map => $"map({TensorTypes.NameOf(KeyType)},{TensorTypes.NameOf(Type)})",
        TensorKind.MapSequence => $"sequence(map({TensorTypes.NameOf(KeyType)},{TensorTypes.NameOf(Type)}))",
        TensorKind.Sequence => $"sequence({TensorTypes.NameOf(Type)}{dimensions})",
        _ => TensorTypes.NameOf(Type) + dimensions,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {TypeText}";
}
