using System.Collections.Immutable;

namespace Serving.Data.Tensors;

/// <summary>One way to call a tensor model. Immutable, safe for use by several threads.</summary>
/// <param name="Name">Its name; ONNX has <see cref="DefaultName"/> alone.</param>
/// <param name="Inputs">Its inputs in their order.</param>
/// <param name="Outputs">Its outputs in their order.</param>
public sealed record TensorSignature(
    string Name, ImmutableArray<TensorSpec> Inputs, ImmutableArray<TensorSpec> Outputs)
{
    /// <summary>The name that a call without one means.</summary>
    public const string DefaultName = "serving_default";

    /// <summary>What a SavedModel calls its method; empty of other models.</summary>
    public string Method { get; init; } = "";

    /// <summary>The place of an input; -1 where there is none.</summary>
    public int InputIndex(ReadOnlySpan<char> name) => IndexOf(Inputs, name);

    /// <summary>The place of an output; -1 where there is none.</summary>
    public int OutputIndex(ReadOnlySpan<char> name) => IndexOf(Outputs, name);

    private static int IndexOf(ImmutableArray<TensorSpec> specs, ReadOnlySpan<char> name)
    {
        for (int i = 0; i < specs.Length; i++)
        {
            if (name.SequenceEqual(specs[i].Name))
            {
                return i;
            }
        }

        return -1;
    }
}
