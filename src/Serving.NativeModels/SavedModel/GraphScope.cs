using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>The main graph or the body of a function: nodes by name, and arguments that they see.</summary>
internal sealed class GraphScope
{
    private readonly Dictionary<string, NodeDef> _nodes = [];
    private readonly Dictionary<string, int> _arguments = [];

    /// <summary>Makes a scope; of nodes with one name the first counts.</summary>
    /// <param name="nodes">Its nodes.</param>
    /// <param name="function">The function whose body it is; null of the main graph.</param>
    public GraphScope(IReadOnlyList<NodeDef> nodes, FunctionDef? function)
    {
        Nodes = nodes;
        Function = function;
        foreach (NodeDef node in nodes)
        {
            _nodes.TryAdd(node.Name, node);
        }

        for (int i = 0; i < (function?.Signature?.InputArg.Count ?? 0); i++)
        {
            _arguments.TryAdd(function!.Signature.InputArg[i].Name, i);
        }
    }

    /// <summary>Its nodes in the file's order.</summary>
    public IReadOnlyList<NodeDef> Nodes { get; }

    /// <summary>The function whose body it is; null of the main graph.</summary>
    public FunctionDef? Function { get; }

    /// <summary>Its name; empty of the main graph.</summary>
    public string Name => Function?.Signature?.Name ?? "";

    /// <summary>Where a node stands, for messages.</summary>
    public string Place(NodeDef node) => Function is null
        ? $"saved_model.pb, node {FileProblems.Quote(node.Name)}"
        : $"saved_model.pb, function {FileProblems.Quote(Name)}, node {FileProblems.Quote(node.Name)}";

    /// <summary>A node by name; null where there is none.</summary>
    public NodeDef? Find(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>Place of a function's argument; -1 where there is none of this name.</summary>
    public int ArgumentIndex(string name) => _arguments.TryGetValue(name, out int index) ? index : -1;

    /// <summary>Nodes with different names.</summary>
    public int NameCount => _nodes.Count;
}
