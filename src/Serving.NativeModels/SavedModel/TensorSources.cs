using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Finds where a node's input arises, through nodes that hand a tensor on, into functions and out of them. An argument
/// stands for what any of the function's callers gives, so the answer is never too small.
/// </summary>
internal sealed class TensorSources
{
    // Of one model in all; a hostile graph of calls could be walked for hours.
    private const long StepsMax = 20_000_000;

    private readonly ModelGraph _graph;
    private readonly Dictionary<GraphScope, List<(GraphScope Scope, NodeDef Node)>> _callers = [];
    private List<(GraphScope Scope, NodeDef Node, HashSet<string>? Variables)>? _assignments;
    private bool _isInVariable;
    private long _steps;

    /// <summary>Indexes the calls of a graph.</summary>
    public TensorSources(ModelGraph graph)
    {
        _graph = graph;
        foreach (GraphScope scope in graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                foreach (GraphScope called in graph.Calls(node))
                {
                    if (!_callers.TryGetValue(called, out List<(GraphScope, NodeDef)>? list))
                    {
                        _callers.Add(called, list = []);
                    }

                    list.Add((scope, node));
                }
            }
        }
    }

    /// <summary>
    /// The tensors that an input may be; null where that cannot be said, as of arguments of unknown kinds of calls.
    /// </summary>
    public HashSet<TensorSource>? Of(GraphScope scope, string input)
    {
        var sources = new HashSet<TensorSource>();
        var seen = new HashSet<(GraphScope, string)>();
        var pending = new Stack<(GraphScope Scope, string Input)>();
        pending.Push((scope, input));
        while (pending.TryPop(out (GraphScope Scope, string Input) next))
        {
            if (++_steps > StepsMax)
            {
                return null;
            }

            if (seen.Add(next) && !Step(next.Scope, next.Input, sources, pending))
            {
                return null;
            }
        }

        return sources;
    }

    private bool Step(
        GraphScope scope, string input, HashSet<TensorSource> sources, Stack<(GraphScope, string)> pending)
    {
        if (!TensorName.TryParse(input, out TensorName name) || name.IsControl)
        {
            return false;
        }

        if (scope.ArgumentIndex(name.Node) is >= 0 and var argument)
        {
            return name.Index == 0 && Argument(scope, argument, pending);
        }

        if (scope.Find(name.Node) is not { } node || _graph.OutputIndex(node, name) is not (>= 0 and var index))
        {
            return false;
        }

        if (HandsOn(node))
        {
            pending.Push((scope, node.Input[node.Op == "IdentityN" ? index : 0]));
            return true;
        }

        if (Body(node) is { } body)
        {
            return Result(body, index, pending);
        }

        if (node.Op == "ReadVariableOp")
        {
            return Variable(scope, node, pending);
        }

        sources.Add(new TensorSource(scope, node, index));
        return true;
    }

    private static bool HandsOn(NodeDef node) => node.Input.Count > 0 && node.Op is "Identity" or "IdentityN"
        or "Snapshot" or "StopGradient" or "PreventGradient" or "EnsureShape" or "Reshape" or "ExpandDims" or "Squeeze"
        or "DisableCopyOnRead";

    // The function whose results a node's outputs are, one for one.
    private GraphScope? Body(NodeDef node) => _graph.Function(node.Op)
        ?? (node.Op is "PartitionedCall" or "StatefulPartitionedCall"
            && node.Attr.GetValueOrDefault("f") is { ValueCase: AttrValue.ValueOneofCase.Func } function
            ? _graph.Function(function.Func.Name)
            : null);

    private static bool Result(GraphScope body, int index, Stack<(GraphScope, string)> pending)
    {
        if (index >= (body.Function?.Signature?.OutputArg.Count ?? 0)
            || !body.Function!.Ret.TryGetValue(body.Function.Signature!.OutputArg[index].Name, out string? result))
        {
            return false;
        }

        pending.Push((body, result));
        return true;
    }

    // What a variable holds is what any node assigns to one of its name.
    private bool Variable(GraphScope scope, NodeDef node, Stack<(GraphScope, string)> pending)
    {
        if (_isInVariable)
        {
            return false;
        }

        _isInVariable = true;
        HashSet<string>? names = VariablesOf(scope, node.Input[0]);
        _assignments ??= Assignments();
        _isInVariable = false;
        if (names is null)
        {
            return false;
        }

        foreach ((GraphScope where, NodeDef assignment, HashSet<string>? assigned) in _assignments)
        {
            if (assigned is null)
            {
                return false;
            }

            if (assigned.Overlaps(names))
            {
                pending.Push((where, assignment.Input[1]));
            }
        }

        return true;
    }

    private List<(GraphScope Scope, NodeDef Node, HashSet<string>? Variables)> Assignments()
    {
        var assignments = new List<(GraphScope, NodeDef, HashSet<string>?)>();
        foreach (GraphScope scope in _graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                if (node.Op == "AssignVariableOp")
                {
                    assignments.Add((scope, node, VariablesOf(scope, node.Input[0])));
                }
            }
        }

        return assignments;
    }

    // Variables of equal shared names are one; without one the node's name counts.
    private HashSet<string>? VariablesOf(GraphScope scope, string input)
    {
        var names = new HashSet<string>();
        foreach (TensorSource source in Of(scope, input) ?? [])
        {
            if (source.Node.Op != "VarHandleOp")
            {
                return null;
            }

            string shared = source.Node.Attr.GetValueOrDefault("shared_name")?.S.ToStringUtf8() ?? "";
            names.Add(shared.Length > 0 ? shared : source.Node.Name);
        }

        return names.Count == 0 ? null : names;
    }

    private bool Argument(GraphScope scope, int argument, Stack<(GraphScope, string)> pending)
    {
        foreach ((GraphScope caller, NodeDef node) in _callers.GetValueOrDefault(scope) ?? [])
        {
            int input = node.Op switch
            {
                "PartitionedCall" or "StatefulPartitionedCall" or "While" or "StatelessWhile" => argument,
                "If" or "StatelessIf" or "Case" or "StatelessCase" => argument + 1,
                _ when _graph.Function(node.Op) is not null => argument,
                _ => -1,
            };
            if (input < 0 || input >= node.Input.Count)
            {
                return false;
            }

            pending.Push((caller, node.Input[input]));
            if (node.Op is "While" or "StatelessWhile" && !LoopResult(node, argument, pending))
            {
                return false;
            }
        }

        return true;
    }

    // After the first turn of a loop an argument is what the turn before gave.
    private bool LoopResult(NodeDef node, int argument, Stack<(GraphScope, string)> pending) =>
        node.Attr.GetValueOrDefault("body") is { ValueCase: AttrValue.ValueOneofCase.Func } attribute
        && _graph.Function(attribute.Func.Name) is { } body && Result(body, argument, pending);
}
