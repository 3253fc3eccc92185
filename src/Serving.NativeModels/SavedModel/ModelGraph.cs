using Google.Protobuf.Collections;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>The graph that is served with its library of functions.</summary>
internal sealed class ModelGraph
{
    private readonly Dictionary<string, GraphScope> _functions = [];
    private readonly Dictionary<string, OperatorShape> _shapes = [];

    /// <summary>Indexes a graph.</summary>
    public ModelGraph(MetaGraphDef meta)
    {
        Meta = meta;
        GraphDef graph = meta.GraphDef ?? new GraphDef();
        Main = new GraphScope(graph.Node, function: null);
        foreach (FunctionDef function in graph.Library?.Function ?? [])
        {
            string name = function.Signature?.Name ?? "";
            if (_functions.TryAdd(name, new GraphScope(function.NodeDef, function)))
            {
                _shapes.Add(name, ShapeOf(function.Signature));
            }

            FunctionCount++;
        }
    }

    /// <summary>The part of the file that it comes from.</summary>
    public MetaGraphDef Meta { get; }

    /// <summary>The graph itself.</summary>
    public GraphScope Main { get; }

    /// <summary>Its functions.</summary>
    public IReadOnlyCollection<GraphScope> Functions => _functions.Values;

    /// <summary>Functions in the file, those of equal names too.</summary>
    public int FunctionCount { get; }

    /// <summary>The graph and its functions.</summary>
    public IEnumerable<GraphScope> Scopes => _functions.Values.Prepend(Main);

    /// <summary>A function by name; null where there is none.</summary>
    public GraphScope? Function(string name) => _functions.GetValueOrDefault(name);

    /// <summary>What a node's operator takes and gives: a function's, else the registry's.</summary>
    public OperatorShape? ShapeOf(NodeDef node) => _shapes.GetValueOrDefault(node.Op) ?? OperatorRegistry.Find(node.Op);

    /// <summary>
    /// Index among all outputs of a node; -1 where the name does not fit its operator.
    /// </summary>
    public int OutputIndex(NodeDef node, TensorName name)
    {
        if (ShapeOf(node) is not { } shape)
        {
            return -1;
        }

        int start = name.Output.Length == 0 ? 0 : shape.OutputStart(node, name.Output);
        int index = start < 0 ? -1 : start + name.Index;
        return index >= 0 && index < shape.OutputCount(node) ? index : -1;
    }

    /// <summary>
    /// Functions that a node calls, by its operator or its attributes, also by those that it hands to a function.
    /// </summary>
    public List<GraphScope> Calls(NodeDef node)
    {
        var called = new List<GraphScope>();
        Add(node.Op, called);
        Attributes(node.Attr, called);
        return called;
    }

    // Messages nest at most as deep as WireScan lets them.
    private void Attributes(MapField<string, AttrValue> attributes, List<GraphScope> called)
    {
        foreach (AttrValue value in attributes.Values)
        {
            if (value.ValueCase == AttrValue.ValueOneofCase.Func)
            {
                Add(value.Func.Name, called);
                Attributes(value.Func.Attr, called);
            }
            else if (value.ValueCase == AttrValue.ValueOneofCase.List)
            {
                foreach (NameAttrList function in value.List.Func)
                {
                    Add(function.Name, called);
                    Attributes(function.Attr, called);
                }
            }
        }
    }

    private void Add(string name, List<GraphScope> called)
    {
        if (Function(name) is { } function)
        {
            called.Add(function);
        }
    }

    private static OperatorShape ShapeOf(OpDef? signature) => new(
        [.. signature?.InputArg.Select(Port) ?? []], [.. signature?.OutputArg.Select(Port) ?? []]);

    private static OperatorPort Port(OpDef.Types.ArgDef argument) => argument.TypeListAttr.Length > 0
        ? new OperatorPort(argument.Name, argument.TypeListAttr, IsList: true, -1)
        : new OperatorPort(argument.Name, argument.NumberAttr, IsList: false, argument.NumberAttr.Length == 0 ? 1 : -1);
}
