using System.Runtime.CompilerServices;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>A tensor where it arises, behind all that only hands it on; equal by identity of its node.</summary>
/// <param name="Scope">The graph or function.</param>
/// <param name="Node">The node that makes it.</param>
/// <param name="Index">Its place among the node's outputs.</param>
internal readonly record struct TensorSource(GraphScope Scope, NodeDef Node, int Index)
{
    /// <summary>The tensor of a constant; null of any other node.</summary>
    public TensorProto? Constant => Node.Op is "Const" or "HostConst"
        && Node.Attr.TryGetValue("value", out AttrValue? value) && value.ValueCase == AttrValue.ValueOneofCase.Tensor
        ? value.Tensor
        : null;

    // Messages compare by all that they hold, which takes as long as a tensor is large.

    /// <summary>Whether it is the same tensor.</summary>
    public bool Equals(TensorSource other) => ReferenceEquals(Node, other.Node) && Index == other.Index;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Node), Index);
}
