using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Checks the model's own functions: the runtime replaces each call by the function's body, so that functions that call
/// themselves, or that double at each level, would end in no memory.
/// </summary>
internal sealed class OnnxFunctions(OnnxContext context)
{
    private const long Unfinished = -1;

    // Nodes of a function with all calls in it replaced; -1 while they are being counted.
    private readonly Dictionary<FunctionProto, long> _sizes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes in the functions of a model.</summary>
    public void Add(IReadOnlyList<FunctionProto> functions)
    {
        foreach (FunctionProto function in functions)
        {
            var key = (OnnxOperators.DomainOf(function.Domain), function.Name, function.Overload);
            if (function.Name.Length == 0 || !context.Functions.TryAdd(key, function))
            {
                context.Problems.Add($"function '{function.Name}'", "no name, or one again", "a name of its own");
            }
        }
    }

    /// <summary>Checks how large a graph becomes.</summary>
    public void CheckSize(string place, IReadOnlyList<NodeProto> nodes)
    {
        long size = SizeOf(nodes, 0);
        if (size > OnnxLimits.ExpandedNodesMax)
        {
            context.Problems.Add(
                place,
                "functions that call themselves, or far too many calls",
                $"at most {OnnxLimits.ExpandedNodesMax} nodes when each call is replaced by its function");
        }
    }

    private long SizeOf(IEnumerable<NodeProto> nodes, int depth)
    {
        long size = 0;
        foreach (NodeProto node in nodes)
        {
            size += 1;
            if (context.FunctionOf(node) is { } function)
            {
                size += SizeOf(function, depth + 1);
            }

            foreach (AttributeProto attribute in node.Attribute)
            {
                size += attribute.G is null ? 0 : SizeOf(attribute.G.Node, depth + 1);
                size += attribute.Graphs.Sum(graph => SizeOf(graph.Node, depth + 1));
            }

            if (size > OnnxLimits.ExpandedNodesMax)
            {
                break;
            }
        }

        return size;
    }

    private long SizeOf(FunctionProto function, int depth)
    {
        if (depth > OnnxLimits.MessageDepthMax)
        {
            return OnnxLimits.ExpandedNodesMax + 1;
        }

        if (!_sizes.TryGetValue(function, out long size))
        {
            _sizes[function] = Unfinished;
            size = SizeOf(function.Node, depth);
            _sizes[function] = size;
        }

        return size == Unfinished ? OnnxLimits.ExpandedNodesMax + 1 : size;
    }
}
