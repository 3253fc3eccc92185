namespace Serving.Models.Import.Onnx;

/// <summary>Names that a graph defines, and those that its nodes use, with the graph around it.</summary>
internal sealed class OnnxScope(OnnxScope? outer)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private List<string> _used = [];

    /// <summary>Graphs around this one.</summary>
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    /// <summary>Defines a name; false where it is defined here already.</summary>
    public bool Add(string name) => _names.Add(name);

    /// <summary>Whether this graph itself defines a name.</summary>
    public bool IsOwn(string name) => _names.Contains(name);

    /// <summary>Notes that a node uses a name, in each graph around it too; false where nothing defines it.</summary>
    public bool Use(string name)
    {
        for (OnnxScope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.IsOwn(name))
            {
                scope._used.Add(name);
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins to note what a node of this graph, graphs in it included, uses of this graph.</summary>
    public void BeginNode() => _used = [];

    /// <summary>What it used.</summary>
    public List<string> EndNode() => _used;

    private OnnxScope? Outer { get; } = outer;
}
