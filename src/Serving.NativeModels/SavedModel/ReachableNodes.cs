using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>The nodes that run when some nodes of the main graph are asked for, bodies of functions included.</summary>
internal sealed class ReachableNodes
{
    private readonly HashSet<NodeDef> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<GraphScope> _functions = [];

    private ReachableNodes()
    {
    }

    /// <summary>Nodes of the graph and of functions, in no order.</summary>
    public IReadOnlyCollection<NodeDef> Nodes => _nodes;

    /// <summary>Whether a node is among them.</summary>
    public bool Contains(NodeDef node) => _nodes.Contains(node);

    /// <summary>
    /// Follows inputs from the roots, control inputs too; all nodes of a called function count, as those with effects
    /// run whether or not a result needs them.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="roots">Names of nodes or tensors of the main graph; names without a node are passed over.</param>
    public static ReachableNodes From(ModelGraph graph, IEnumerable<string> roots)
    {
        var reached = new ReachableNodes();
        var pending = new Stack<(GraphScope Scope, NodeDef Node)>();
        foreach (string root in roots)
        {
            if (TensorName.TryParse(root, out TensorName name) && graph.Main.Find(name.Node) is { } node)
            {
                pending.Push((graph.Main, node));
            }
        }

        while (pending.TryPop(out (GraphScope Scope, NodeDef Node) next))
        {
            if (reached._nodes.Add(next.Node))
            {
                reached.Follow(graph, next.Scope, next.Node, pending);
            }
        }

        return reached;
    }

    private void Follow(ModelGraph graph, GraphScope scope, NodeDef node, Stack<(GraphScope, NodeDef)> pending)
    {
        foreach (string text in node.Input)
        {
            if (TensorName.TryParse(text, out TensorName name) && scope.Find(name.Node) is { } input)
            {
                pending.Push((scope, input));
            }
        }

        foreach (GraphScope function in graph.Calls(node))
        {
            if (_functions.Add(function))
            {
                foreach (NodeDef inside in function.Nodes)
                {
                    pending.Push((function, inside));
                }
            }
        }
    }
}
