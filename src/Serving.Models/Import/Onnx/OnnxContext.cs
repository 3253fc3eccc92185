using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;

namespace Serving.Models.Import.Onnx;

/// <summary>What the readers of one file share: limits, problems, and what they found out about the model.</summary>
internal sealed class OnnxContext(ModelFiles files, TensorModelOptions options)
{
    /// <summary>How the model is to be run.</summary>
    public TensorModelOptions Options { get; } = options;

    /// <summary>What is wrong with it.</summary>
    public OnnxProblems Problems { get; } = new();

    /// <summary>The model's own functions by domain, name and overload.</summary>
    public Dictionary<(string Domain, string Name, string Overload), FunctionProto> Functions { get; } = [];

    /// <summary>How often its nodes name each operator.</summary>
    public SortedDictionary<string, int> Operators { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a node answers by chance.</summary>
    public bool IsRandom { get; set; }

    /// <summary>Whether weights or sums are narrow.</summary>
    public bool IsReduced { get; set; }

    /// <summary>Nodes of all graphs and functions.</summary>
    public int NodeCount { get; set; }

    /// <summary>Checks weights.</summary>
    public OnnxTensorReader Tensors => _tensors ??= new OnnxTensorReader(files, Problems);

    private OnnxTensorReader? _tensors;

    /// <summary>Names a node in messages; only called when there is something to say.</summary>
    public static string PlaceOf(string graph, NodeProto node, int index) =>
        $"{graph}, node {(node.Name.Length > 0 ? $"'{node.Name}'" : $"#{index}")} ({node.OpType})";

    /// <summary>The function that a node calls; null where it names an operator.</summary>
    public FunctionProto? FunctionOf(NodeProto node) =>
        Functions.GetValueOrDefault((OnnxOperators.DomainOf(node.Domain), node.OpType, node.Overload));
}
