using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx.Shapes;

/// <summary>
/// Follows shapes, and the whole numbers that make shapes, through the graphs of a model whose names are right: finds
/// sizes that can not fit before the runtime computes them, and operands that can not go together. What it does not
/// know, it lets pass; the run's own limits hold for it.
/// </summary>
internal sealed class ShapeWalk(OnnxContext context)
{
    private long _constantBytes;

    /// <summary>Follows a graph.</summary>
    /// <param name="place">What it is, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="version">Version of the domain of ONNX.</param>
    /// <param name="outer">What is known of the values around it; null of the model's own graph.</param>
    public void Walk(string place, GraphProto graph, long version, ValueFacts? outer)
    {
        var facts = new ValueFacts(outer);
        foreach (ValueInfoProto input in graph.Input)
        {
            // Sizes in a graph within a graph are what its writer thinks they are; a caller's are checked.
            facts[input.Name] = outer is null ? OnnxSignature.FactOf(input.Type) : ValueFact.Unknown;
        }

        // A caller may give another value in place of a weight that has the name of an input.
        var inputs = new HashSet<string>(graph.Input.Select(input => input.Name), StringComparer.Ordinal);
        foreach (TensorProto weight in graph.Initializer)
        {
            if (!inputs.Contains(weight.Name))
            {
                facts[weight.Name] = FactOf(weight);
            }
        }

        Walk(place, graph.Node, version, facts);
    }

    /// <summary>Follows the body of a function, of whose inputs nothing is known.</summary>
    public void Walk(FunctionProto function, long version) =>
        Walk($"function '{function.Name}'", function.Node, version, new ValueFacts(null));

    /// <summary>What is known of a weight.</summary>
    public static ValueFact FactOf(TensorProto tensor)
    {
        long count = 1;
        foreach (long size in tensor.Dims)
        {
            count = Math.Min(count, ValueFact.ElementsMax + 1) * Math.Min(size, ValueFact.ElementsMax + 1);
        }

        bool isShort = count <= ValueFact.ElementsMax && OnnxNumbers.TryInts(tensor, out _);
        return new ValueFact(tensor.DataType, [.. tensor.Dims])
        {
            Elements = isShort && OnnxNumbers.TryInts(tensor, out long[] elements) ? elements : null,
            IsConstant = true,
        };
    }

    private void Walk(string place, IReadOnlyList<NodeProto> nodes, long version, ValueFacts facts)
    {
        var needs = new List<string>[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            needs[i] = [.. nodes[i].Input];
        }

        foreach (int i in OnnxOrder.Sort(nodes, needs))
        {
            NodeProto node = nodes[i];
            ValueFact[] inputs = [.. node.Input.Select(name => facts[name])];
            var call = new ShapeCall(node, inputs, version);
            ValueFact output = context.FunctionOf(node) is null
                && OnnxOperators.DomainOf(node.Domain) == OnnxOperators.OnnxDomain
                ? ShapeRules.OutputOf(call)
                : ValueFact.Unknown;
            if (call.Found is { } found)
            {
                context.Problems.Add(OnnxContext.PlaceOf(place, node, i), found, call.Expected);
            }

            bool isConstant = inputs.All(fact => fact.IsConstant) && (inputs.Length > 0 || output.IsConstant);
            output = output with { IsConstant = isConstant };
            if (node.Output.Count > 0 && node.Output[0].Length > 0)
            {
                CheckSize(place, node, i, output);
                facts[node.Output[0]] = output;
            }

            WalkInside(place, node, version, facts);
        }
    }

    private void WalkInside(string place, NodeProto node, long version, ValueFacts facts)
    {
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.G is not null)
            {
                Walk($"{place}, {node.OpType} '{node.Name}', {attribute.Name}", attribute.G, version, facts);
            }
        }
    }

    private void CheckSize(string place, NodeProto node, int index, ValueFact output)
    {
        long bytes = output.BytesMin();
        _constantBytes += output.IsConstant ? Math.Min(bytes, OnnxLimits.TensorBytesMax) : 0;
        if (bytes > context.Options.CallMemoryBytes || _constantBytes > context.Options.CallMemoryBytes)
        {
            context.Problems.Add(
                OnnxContext.PlaceOf(place, node, index),
                bytes > context.Options.CallMemoryBytes
                    ? $"an output {output.ShapeText} of {bytes} bytes or more"
                    : $"constants of {_constantBytes} bytes up to here",
                $"at most the {context.Options.CallMemoryBytes} bytes of work memory of a call");
            _constantBytes = 0;
        }
    }
}
