using Serving.NativeModels.SavedModel.Schema;
using Serving.NativeModels.SavedModel.Variables;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Checks what the saver's restore reads: names that the index has, of the type that is asked, and of the shape of the
/// variable that takes them.
/// </summary>
internal sealed class RestoreCheck
{
    private readonly ModelGraph _graph;
    private readonly TensorSources _sources;
    private readonly VariablesIndex? _index;
    private readonly FileProblems _problems;
    private readonly Dictionary<NodeDef, (List<string> Names, List<string>? Slices)> _reads =
        new(ReferenceEqualityComparer.Instance);

    private RestoreCheck(ModelGraph graph, TensorSources sources, VariablesIndex? index, FileProblems problems)
    {
        _graph = graph;
        _sources = sources;
        _index = index;
        _problems = problems;
    }

    /// <summary>Adds all that is wrong.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="sources">Where tensors arise.</param>
    /// <param name="restore">What runs when variables are restored.</param>
    /// <param name="index">The index; null where the model has none.</param>
    /// <param name="problems">Takes the problems.</param>
    public static void Check(
        ModelGraph graph, TensorSources sources, ReachableNodes restore, VariablesIndex? index, FileProblems problems)
    {
        var check = new RestoreCheck(graph, sources, index, problems);
        check.Each(restore, node => node.Op == "RestoreV2", check.Restore);
        if (index is not null)
        {
            check.Each(restore, node => node.Op is "AssignVariableOp" or "Assign", check.Assign);
        }
    }

    private void Each(ReachableNodes reached, Predicate<NodeDef> isWanted, Action<GraphScope, NodeDef> check)
    {
        foreach (GraphScope scope in _graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                if (isWanted(node) && reached.Contains(node))
                {
                    check(scope, node);
                }
            }
        }
    }

    private void Restore(GraphScope scope, NodeDef node)
    {
        string filename = _graph.Meta.SaverDef?.FilenameTensorName ?? "";
        string expected = TensorName.TryParse(filename, out TensorName name) ? name.Node : "";
        if (_sources.Of(scope, node.Input[0]) is not { } prefixes
            || prefixes.Any(source => source.Scope != _graph.Main || source.Node.Name != expected))
        {
            _problems.Add(scope.Place(node), "values of another file", "those of the SavedModel's own variables");
        }

        if (node.Attr.GetValueOrDefault("dtypes")?.List?.Type is not { } types
            || TextsOf(scope, node.Input[1], types.Count) is not { } names)
        {
            _problems.Add(scope.Place(node), "names that the file does not show", "a constant with a name per tensor");
            return;
        }

        _reads.TryAdd(node, (names, TextsOf(scope, node.Input[2], types.Count)));
        for (int i = 0; i < names.Count; i++)
        {
            Name(scope, node, names[i], types[i]);
        }
    }

    private void Name(GraphScope scope, NodeDef node, string name, DataType type)
    {
        if (_index?.Entries.GetValueOrDefault(name) is not { } entry)
        {
            _problems.Add(
                scope.Place(node),
                $"tensor {FileProblems.Quote(name)}",
                _index is null
                    ? $"a file {VariablesIndex.Path} that has it"
                    : $"a name of {VariablesIndex.Path}");
        }
        else if (entry.Dtype != type)
        {
            _problems.Add(
                scope.Place(node),
                $"tensor {FileProblems.Quote(name)} of {ElementTypes.NameOf(entry.Dtype)}",
                ElementTypes.NameOf(type));
        }
    }

    private void Assign(GraphScope scope, NodeDef node)
    {
        if (_sources.Of(scope, node.Input[1]) is not { Count: 1 } values
            || values.First() is not { Node.Op: "RestoreV2" } value
            || !_reads.TryGetValue(value.Node, out (List<string> Names, List<string>? Slices) read)
            || _index!.Entries.GetValueOrDefault(read.Names[value.Index]) is not { } entry
            || read.Slices?[value.Index].Length is not 0)
        {
            // A part of a partitioned tensor is asked for by a text beside its name: its shape is another.
            return;
        }

        foreach (TensorSource variable in _sources.Of(scope, node.Input[0]) ?? [])
        {
            if (variable.Node.Attr.GetValueOrDefault("shape") is { ValueCase: AttrValue.ValueOneofCase.Shape } shape
                && !ShapeText.Fits(shape.Shape, entry.Shape ?? new TensorShapeProto()))
            {
                _problems.Add(
                    variable.Scope.Place(variable.Node),
                    $"tensor {FileProblems.Quote(read.Names[value.Index])} of shape {ShapeText.Of(entry.Shape)}",
                    $"shape {ShapeText.Of(shape.Shape)}");
            }
        }
    }

    private List<string>? TextsOf(GraphScope scope, string input, int count) =>
        _sources.Of(scope, input) is { Count: 1 } sources ? ConstantTexts.Of(sources.First().Constant, count) : null;
}
