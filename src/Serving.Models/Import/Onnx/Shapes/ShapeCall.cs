using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>A node with what is known of its inputs; rules note here what can not be right.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Facts of its inputs, unknown ones for those left out.</param>
/// <param name="version">Version of the domain of ONNX.</param>
internal sealed class ShapeCall(NodeProto node, ValueFact[] inputs, long version)
{
    /// <summary>The node.</summary>
    public NodeProto Node { get; } = node;

    /// <summary>Its inputs.</summary>
    public ValueFact[] Inputs { get; } = inputs;

    /// <summary>Version of the domain of ONNX.</summary>
    public long Version { get; } = version;

    /// <summary>What was found that can not be right; null where nothing was.</summary>
    public string? Found { get; private set; }

    /// <summary>What was expected in its place.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>An input, unknown where there is none.</summary>
    public ValueFact Input(int index) => index < Inputs.Length ? Inputs[index] : ValueFact.Unknown;

    /// <summary>Notes a problem.</summary>
    public ValueFact Refuse(string found, string expected)
    {
        Found = found;
        Expected = expected;
        return ValueFact.Unknown;
    }

    /// <summary>Whole numbers of an attribute, or of the input that took its place; null where not known.</summary>
    public long[]? Ints(string attribute, int input) =>
        OnnxAttributes.Find(Node, attribute) is { } found ? [.. found.Ints]
            : Input(input).TryElements(out long[] elements) ? elements : null;
}
