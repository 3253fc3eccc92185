using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Checks that a graph and its functions are well formed: what TensorFlow would refuse, and what would end its process
/// (a data input among control inputs, a constant that is not of its own type).
/// </summary>
internal sealed class GraphCheck
{
    /// <summary>Nodes of the graph and all functions together.</summary>
    public const int NodesMax = 1_000_000;

    private const int NameLengthMax = 4096;

    private readonly ModelGraph _graph;
    private readonly FileProblems _problems;
    private readonly ConstantCheck _constants;

    private GraphCheck(ModelGraph graph, FileProblems problems)
    {
        _graph = graph;
        _problems = problems;
        _constants = new ConstantCheck(problems);
    }

    /// <summary>Adds all that is wrong.</summary>
    public static void Check(ModelGraph graph, FileProblems problems) => new GraphCheck(graph, problems).Run();

    private void Run()
    {
        long nodes = _graph.Scopes.Sum(scope => (long)scope.Nodes.Count);
        if (nodes > NodesMax)
        {
            _problems.Add("saved_model.pb", $"{nodes} nodes", $"at most {NodesMax}");
            return;
        }

        if (_graph.FunctionCount != _graph.Functions.Count)
        {
            _problems.Add("saved_model.pb, library", "two functions of one name", "a name for each");
        }

        foreach (GraphScope scope in _graph.Scopes)
        {
            Scope(scope);
            CycleCheck.Check(scope, _problems);
        }

        RecursionCheck.Check(_graph, _problems);
    }

    private void Scope(GraphScope scope)
    {
        if (scope.NameCount != scope.Nodes.Count)
        {
            string place = scope.Function is null ? "graph" : $"function {FileProblems.Quote(scope.Name)}";
            _problems.Add($"saved_model.pb, {place}", "two nodes of one name", "a name for each");
        }

        foreach (NodeDef node in scope.Nodes)
        {
            Node(scope, node);
        }

        if (scope.Function is { } function)
        {
            Returns(scope, function);
        }
    }

    private void Node(GraphScope scope, NodeDef node)
    {
        if (node.Name.Length is 0 or > NameLengthMax || node.Op.Length is 0 or > NameLengthMax)
        {
            _problems.Add(
                scope.Place(node), "a name or operator that is empty or too long", $"1 to {NameLengthMax} characters");
            return;
        }

        if (scope.ArgumentIndex(node.Name) >= 0)
        {
            _problems.Add(scope.Place(node), "a node named as an argument", "a name for each");
        }

        if (_graph.ShapeOf(node) is not { } shape)
        {
            _problems.Add(
                scope.Place(node),
                $"operator {FileProblems.Quote(node.Op)}",
                "an operator of TensorFlow's public registry or a function of the file");
            return;
        }

        Inputs(scope, node, shape);
        Calls(scope, node);
        _constants.Check(scope, node);
    }

    private void Inputs(GraphScope scope, NodeDef node, OperatorShape shape)
    {
        int dataInputs = 0;
        bool isControlSeen = false;
        foreach (string text in node.Input)
        {
            if (!TensorName.TryParse(text, out TensorName name) || !Exists(scope, name))
            {
                _problems.Add(
                    scope.Place(node), $"input {FileProblems.Quote(text)}", "an output of a node that is there");
                return;
            }

            if (!name.IsControl && isControlSeen)
            {
                _problems.Add(scope.Place(node), "a data input behind a control input", "data inputs first");
            }

            isControlSeen |= name.IsControl;
            dataInputs += name.IsControl ? 0 : 1;
        }

        int expected = shape.InputCount(node);
        if (expected != dataInputs)
        {
            _problems.Add(
                scope.Place(node),
                $"{dataInputs} data inputs",
                expected < 0
                    ? $"the attributes of {FileProblems.Quote(node.Op)} that say how many"
                    : $"{expected} of {FileProblems.Quote(node.Op)}");
        }
    }

    private bool Exists(GraphScope scope, TensorName name)
    {
        if (scope.ArgumentIndex(name.Node) is >= 0 and var argument)
        {
            return name.Output.Length == 0 && (name.Index == 0 || IsListArgument(scope, argument));
        }

        return scope.Find(name.Node) is { } node && (name.IsControl || _graph.OutputIndex(node, name) >= 0);
    }

    private static bool IsListArgument(GraphScope scope, int argument)
    {
        OpDef.Types.ArgDef declared = scope.Function!.Signature.InputArg[argument];
        return declared.NumberAttr.Length > 0 || declared.TypeListAttr.Length > 0;
    }

    // Each attribute that names a function must name one that is there, or an operator (SymbolicGradient does).
    private void Calls(GraphScope scope, NodeDef node)
    {
        foreach ((string key, AttrValue value) in node.Attr)
        {
            IEnumerable<NameAttrList> functions = value.ValueCase switch
            {
                AttrValue.ValueOneofCase.Func => [value.Func],
                AttrValue.ValueOneofCase.List => value.List.Func,
                _ => [],
            };
            foreach (NameAttrList function in functions)
            {
                if (function.Name.Length > 0
                    && _graph.Function(function.Name) is null && OperatorRegistry.Find(function.Name) is null)
                {
                    _problems.Add(
                        scope.Place(node),
                        $"function {FileProblems.Quote(function.Name)} in attribute {FileProblems.Quote(key)}",
                        "a function of the file");
                }
            }
        }
    }

    private void Returns(GraphScope scope, FunctionDef function)
    {
        string place = $"saved_model.pb, function {FileProblems.Quote(scope.Name)}";
        if (scope.Name.Length is 0 or > NameLengthMax)
        {
            _problems.Add(place, "a name that is empty or too long", $"1 to {NameLengthMax} characters");
        }

        foreach (OpDef.Types.ArgDef output in function.Signature?.OutputArg ?? [])
        {
            if (!function.Ret.TryGetValue(output.Name, out string? text)
                || !TensorName.TryParse(text, out TensorName name) || name.IsControl || !Exists(scope, name))
            {
                _problems.Add(
                    place,
                    $"result {FileProblems.Quote(output.Name)} from {FileProblems.Quote(text ?? "nothing")}",
                    "an output of a node that is there");
            }
        }

        foreach (string control in function.ControlRet.Values)
        {
            if (scope.Find(control) is null)
            {
                _problems.Add(place, $"control result {FileProblems.Quote(control)}", "a node that is there");
            }
        }
    }
}
