using System.Collections.Immutable;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Shapes;
using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>Inputs and outputs of a model as the wire names them.</summary>
internal static class OnnxSignature
{
    // Before this version of the format every weight is listed as an input, and none can be given.
    private const int DefaultsVersion = 4;

    /// <summary>Reads them; what serving can not carry is a problem.</summary>
    public static TensorSignature Read(GraphProto graph, long irVersion, OnnxProblems problems)
    {
        var defaults = new HashSet<string>(graph.Initializer.Select(weight => weight.Name), StringComparer.Ordinal);
        defaults.UnionWith(graph.SparseInitializer.Select(weight => weight.Values?.Name ?? ""));
        if (Math.Max(graph.Input.Count, graph.Output.Count) > OnnxLimits.ValuesMax || graph.Output.Count == 0)
        {
            problems.Add(
                "graph",
                $"{graph.Input.Count} inputs, {graph.Output.Count} outputs",
                $"at most {OnnxLimits.ValuesMax} of each, one output at least");
            return new TensorSignature(TensorSignature.DefaultName, [], []);
        }

        ImmutableArray<TensorSpec> inputs =
        [
            .. graph.Input
                .Where(input => irVersion >= DefaultsVersion || !defaults.Contains(input.Name))
                .Select(input => SpecOf("input", input, problems) with { HasDefault = defaults.Contains(input.Name) }),
        ];
        foreach (TensorSpec input in inputs.Where(input => input.Kind != TensorKind.Tensor))
        {
            problems.Add($"input '{input.Name}'", input.TypeText, "a tensor; maps and sequences are outputs only");
        }

        return new TensorSignature(
            TensorSignature.DefaultName, inputs,
                [.. graph.Output.Select(output => SpecOf("output", output, problems))]);
    }

    /// <summary>What a declared type says of a value.</summary>
    public static ValueFact FactOf(TypeProto? type)
    {
        if (type?.TensorType is not { } tensor)
        {
            return ValueFact.Unknown;
        }

        return new ValueFact(
            tensor.ElemType,
            tensor.Shape is { } shape ? [.. shape.Dim.Select(dim => dim.HasDimValue ? Math.Max(-1, dim.DimValue) : -1)]
                : null);
    }

    private static TensorSpec SpecOf(string what, ValueInfoProto value, OnnxProblems problems)
    {
        string place = $"{what} '{value.Name}'";
        TypeProto? type = value.Type;
        TensorSpec? spec = type?.ValueCase switch
        {
            TypeProto.ValueOneofCase.TensorType => Tensor(place, value.Name, type.TensorType, problems),
            TypeProto.ValueOneofCase.MapType => Map(value.Name, type.MapType, TensorKind.Map),
            TypeProto.ValueOneofCase.SequenceType => type.SequenceType.ElemType switch
            {
                { TensorType: { } item } =>
                    Tensor(place, value.Name, item, problems) with { Kind = TensorKind.Sequence },
                { MapType: { } item } => Map(value.Name, item, TensorKind.MapSequence),
                _ => null,
            },
            _ => null,
        };
        if (spec is null or { Type: TensorType.None }
            || (spec.Kind is TensorKind.Map or TensorKind.MapSequence && spec.KeyType == TensorType.None))
        {
            problems.Add(
                place,
                spec is null ? "no type, or one that is no tensor, map or sequence" : "elements of another type",
                $"tensors, maps and sequences of {string.Join(", ", TensorTypes.Names)}");
        }

        return spec ?? new TensorSpec(value.Name, TensorType.None, null);
    }

    private static TensorSpec Tensor(string place, string name, TypeProto.Types.Tensor tensor, OnnxProblems problems)
    {
        TensorType type = OnnxTypes.TensorTypeOf(tensor.ElemType);
        if (tensor.Shape is not { } shape)
        {
            return new TensorSpec(name, type, null);
        }

        if (shape.Dim.Count > OnnxLimits.RankMax)
        {
            problems.Add(place, $"{shape.Dim.Count} dimensions", $"at most {OnnxLimits.RankMax}");
            return new TensorSpec(name, type, null);
        }

        // Some writers say -1, and some 0, for a size that they do not know: the runtime takes both for any.
        return new TensorSpec(
            name, type, [.. shape.Dim.Select(dim => dim.HasDimValue && dim.DimValue > 0 ? dim.DimValue : -1)])
        {
            DimensionNames = shape.Dim.Any(dim => dim.DimParam.Length > 0)
                ? [.. shape.Dim.Select(dim => dim.DimParam)]
                : [],
        };
    }

    private static TensorSpec Map(string name, TypeProto.Types.Map map, TensorKind kind)
    {
        TensorType key = OnnxTypes.TensorTypeOf(map.KeyType);
        return new TensorSpec(name, OnnxTypes.TensorTypeOf(map.ValueType?.TensorType?.ElemType ?? 0), [-1])
        {
            Kind = kind,
            KeyType = key is TensorType.Int64 or TensorType.Text ? key : TensorType.None,
        };
    }
}
