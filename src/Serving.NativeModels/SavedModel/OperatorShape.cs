using System.Collections.Immutable;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>What the public registry says of an operator, or a function's signature of calls by its name.</summary>
internal sealed record OperatorShape(ImmutableArray<OperatorPort> Inputs, ImmutableArray<OperatorPort> Outputs)
{
    /// <summary>Tensors that a node takes; -1 where its attributes do not say.</summary>
    public int InputCount(NodeDef node) => Count(Inputs, node);

    /// <summary>Tensors that a node gives; -1 where its attributes do not say.</summary>
    public int OutputCount(NodeDef node) => Count(Outputs, node);

    /// <summary>Index among all outputs of the first tensor of a named one; -1 where there is none.</summary>
    public int OutputStart(NodeDef node, string name)
    {
        int start = 0;
        foreach (OperatorPort port in Outputs)
        {
            if (port.Name == name)
            {
                return start;
            }

            int count = port.CountOf(node);
            if (count < 0)
            {
                return -1;
            }

            start += count;
        }

        return -1;
    }

    private static int Count(ImmutableArray<OperatorPort> ports, NodeDef node)
    {
        int total = 0;
        foreach (OperatorPort port in ports)
        {
            int count = port.CountOf(node);
            if (count < 0)
            {
                return -1;
            }

            total += count;
        }

        return total;
    }
}
