using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Checks the names of a graph: each value is defined once, each that a node or an output names is defined in it or in
/// a graph around it, and no value needs itself.
/// </summary>
internal sealed class OnnxGraphReader(OnnxContext context)
{
    private readonly OnnxNodeReader _nodes = new(context);

    /// <summary>Checks a graph and the graphs in it.</summary>
    /// <param name="place">What it is, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="versions">Versions of the domains in force.</param>
    /// <param name="outer">The graph around it; null of the model's own.</param>
    /// <param name="isFunction">Whether it stands in a function.</param>
    public void Read(
        string place, GraphProto graph, Dictionary<string, long> versions, OnnxScope? outer, bool isFunction)
    {
        var scope = new OnnxScope(outer);
        if (scope.Depth > OnnxLimits.GraphDepthMax)
        {
            context.Problems.Add(place, "graphs within graphs", $"at most {OnnxLimits.GraphDepthMax} levels");
            return;
        }

        foreach (ValueInfoProto input in graph.Input)
        {
            Define(place, scope, input.Name, "input");
        }

        ReadWeights(place, graph, scope);
        ReadNodes(place, graph.Node, versions, scope, isFunction);
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (ValueInfoProto output in graph.Output)
        {
            if (!scope.IsOwn(output.Name) || (outer is null && !outputs.Add(output.Name)))
            {
                context.Problems.Add(
                    $"{place}, output '{output.Name}'", "a name that no node produces, or again", "each output once");
            }
        }
    }

    /// <summary>Checks the body of a function.</summary>
    public void Read(FunctionProto function, Dictionary<string, long> versions)
    {
        string place = $"function '{function.Name}'";
        var scope = new OnnxScope(null);
        foreach (string input in function.Input)
        {
            Define(place, scope, input, "input");
        }

        ReadNodes(place, function.Node, versions, scope, isFunction: true);
        foreach (string output in function.Output)
        {
            if (!scope.IsOwn(output))
            {
                context.Problems.Add($"{place}, output '{output}'", "a name that no node produces", "a value");
            }
        }
    }

    // A weight that has the name of an input is its default.
    private void ReadWeights(string place, GraphProto graph, OnnxScope scope)
    {
        var weights = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorProto weight in graph.Initializer)
        {
            string name = $"{place}, weight '{weight.Name}'";
            context.Tensors.Check(name, weight);
            AddWeight(name, weight.Name);
        }

        foreach (SparseTensorProto weight in graph.SparseInitializer)
        {
            string name = $"{place}, weight '{weight.Values?.Name}'";
            context.Tensors.Check(name, weight, context.Options.CallMemoryBytes);
            AddWeight(name, weight.Values?.Name ?? "");
        }

        void AddWeight(string at, string name)
        {
            scope.Add(name);
            if (name.Length == 0 || !weights.Add(name))
            {
                context.Problems.Add(at, "no name, or one again", "a name of its own");
            }
        }
    }

    private void ReadNodes(
        string place,
        IReadOnlyList<NodeProto> nodes,
        Dictionary<string, long> versions,
        OnnxScope scope,
        bool isFunction)
    {
        context.NodeCount += nodes.Count;
        if (context.NodeCount > OnnxLimits.NodesMax)
        {
            context.Problems.Add(place, $"{context.NodeCount} nodes", $"at most {OnnxLimits.NodesMax}");
            return;
        }

        foreach (NodeProto node in nodes)
        {
            foreach (string output in node.Output)
            {
                if (output.Length > 0)
                {
                    Define(place, scope, output, "value");
                }
            }
        }

        var needs = new List<string>[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            string at = OnnxContext.PlaceOf(place, nodes[i], i);
            _nodes.Check(at, nodes[i], versions, isFunction);
            needs[i] = ReadInputs(at, nodes[i], versions, scope, isFunction);
        }

        if (OnnxOrder.CycleOf(nodes, needs) is { } node1 and >= 0)
        {
            context.Problems.Add(
                OnnxContext.PlaceOf(place, nodes[node1], node1), "a value that needs itself", "no cycle");
        }
    }

    private List<string> ReadInputs(
        string at, NodeProto node, Dictionary<string, long> versions, OnnxScope scope, bool isFunction)
    {
        scope.BeginNode();
        foreach (string input in node.Input)
        {
            if (input.Length > 0 && !scope.Use(input))
            {
                context.Problems.Add(at, $"input '{input}'", "a name that a node, a weight or an input defines");
            }
        }

        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.G is not null)
            {
                Read($"{at}, {attribute.Name}", attribute.G, versions, scope, isFunction);
            }

            foreach (GraphProto graph in attribute.Graphs)
            {
                Read($"{at}, {attribute.Name}", graph, versions, scope, isFunction);
            }
        }

        return scope.EndNode();
    }

    private void Define(string place, OnnxScope scope, string name, string what)
    {
        if (name.Length is 0 or > OnnxLimits.NameBytesMax || !scope.Add(name))
        {
            context.Problems.Add(
                $"{place}, {what} '{name}'", name.Length == 0 ? "no name" : "a name again", "a name of its own");
        }
    }
}
