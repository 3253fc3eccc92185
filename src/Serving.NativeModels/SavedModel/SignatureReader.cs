using System.Collections.Immutable;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Reads the signatures of a graph: names, types, shapes, defaults and the tensors behind them.</summary>
internal sealed class SignatureReader
{
    private const string InternalPrefix = "__saved_model_";
    private const int RankMax = 254;

    private readonly ModelGraph _graph;
    private readonly FileProblems _problems;

    private SignatureReader(ModelGraph graph, FileProblems problems)
    {
        _graph = graph;
        _problems = problems;
    }

    /// <summary>
    /// All signatures in the order of their names, inputs and outputs in the order of theirs. Those that hold values
    /// no call can carry are left out with a sentence each.
    /// </summary>
    public static List<SavedSignature> Read(ModelGraph graph, FileProblems problems, List<string> leftOut)
    {
        var reader = new SignatureReader(graph, problems);
        var signatures = new List<SavedSignature>();
        foreach ((string name, SignatureDef signature) in
            graph.Meta.SignatureDef.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // How TensorFlow keeps what runs on load and for training.
            if (name.StartsWith(InternalPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            string? reason = Unsupported(signature);
            if (reason is not null)
            {
                leftOut.Add($"Signature {FileProblems.Quote(name)} is not served: {reason}.");
            }
            else
            {
                signatures.Add(reader.Signature(name, signature));
            }
        }

        return signatures;
    }

    private static string? Unsupported(SignatureDef signature)
    {
        if (signature.Outputs.Count == 0)
        {
            return "it has no outputs";
        }

        foreach ((string name, TensorInfo info) in signature.Inputs.Concat(signature.Outputs))
        {
            if (info.EncodingCase != TensorInfo.EncodingOneofCase.Name)
            {
                return $"{FileProblems.Quote(name)} is no plain tensor";
            }

            if (ElementTypes.TypeOf(info.Dtype) == TensorType.None)
            {
                return $"{FileProblems.Quote(name)} has TensorFlow's {ElementTypes.NameOf(info.Dtype)}";
            }
        }

        return null;
    }

    private SavedSignature Signature(string name, SignatureDef signature)
    {
        string place = $"saved_model.pb, signature {FileProblems.Quote(name)}";
        (string Name, TensorInfo Info)[] inputs = InOrder(signature.Inputs);
        (string Name, TensorInfo Info)[] outputs = InOrder(signature.Outputs);
        foreach (string unknown in signature.Defaults.Keys.Where(key => !signature.Inputs.ContainsKey(key)))
        {
            _problems.Add(place, $"a default of {FileProblems.Quote(unknown)}", "defaults of its inputs alone");
        }

        var spec = new TensorSignature(
            name,
            [.. inputs.Select(input => Spec(place, input.Name, input.Info) with
            {
                HasDefault = signature.Defaults.ContainsKey(input.Name),
            })],
            [.. outputs.Select(output => Spec(place, output.Name, output.Info))])
        {
            Method = signature.MethodName,
        };
        return new SavedSignature(
            spec,
            [.. inputs.Select(input => Tensor(place, input.Name, input.Info, isInput: true))],
            [.. outputs.Select(output => Tensor(place, output.Name, output.Info, isInput: false))],
            [.. inputs.Select(input => Default(place, input.Name, input.Info, signature))]);
    }

    private static (string, TensorInfo)[] InOrder(IEnumerable<KeyValuePair<string, TensorInfo>> infos) =>
        [.. infos.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];

    private TensorSpec Spec(string place, string name, TensorInfo info)
    {
        TensorShapeProto shape = info.TensorShape ?? new TensorShapeProto();
        if (shape.Dim.Count > RankMax || shape.Dim.Any(dim => dim.Size < -1))
        {
            _problems.Add(
                place, $"{FileProblems.Quote(name)} of shape {ShapeText.Of(shape)}", $"at most {RankMax} dimensions");
            shape = new TensorShapeProto();
        }

        return new TensorSpec(
            name,
            ElementTypes.TypeOf(info.Dtype),
            shape.UnknownRank ? null : shape.Dim.Select(dim => dim.Size).ToImmutableArray());
    }

    private TensorName Tensor(string place, string name, TensorInfo info, bool isInput)
    {
        if (!TensorName.TryParse(info.Name, out TensorName tensor) || tensor.IsControl || tensor.Output.Length > 0
            || _graph.Main.Find(tensor.Node) is not { } node || _graph.OutputIndex(node, tensor) < 0)
        {
            _problems.Add(
                place,
                $"{FileProblems.Quote(name)} as tensor {FileProblems.Quote(info.Name)}",
                "a tensor of the graph");
            return default;
        }

        if (isInput && node.Op is "Placeholder" or "PlaceholderWithDefault" or "PlaceholderV2"
            && node.Attr.GetValueOrDefault("dtype") is { ValueCase: AttrValue.ValueOneofCase.Type } type
            && type.Type != ElementTypes.WithoutReference(info.Dtype))
        {
            _problems.Add(
                place,
                $"{FileProblems.Quote(name)} of {ElementTypes.NameOf(info.Dtype)}",
                $"{ElementTypes.NameOf(type.Type)} as its placeholder says");
        }

        return tensor;
    }

    private TensorProto? Default(string place, string name, TensorInfo info, SignatureDef signature)
    {
        if (!signature.Defaults.TryGetValue(name, out TensorProto? value))
        {
            return null;
        }

        if (value.Dtype != info.Dtype || ConstantCheck.ProblemOf(value) is not null
            || ShapeText.CountOf(value.TensorShape) > ConstantTensor.ElementsMax)
        {
            _problems.Add(
                place,
                $"a default of {FileProblems.Quote(name)} {ElementTypes.NameOf(value.Dtype)}"
                    + ShapeText.Of(value.TensorShape),
                $"a whole {ElementTypes.NameOf(info.Dtype)} of at most {ConstantTensor.ElementsMax} elements");
        }

        return value;
    }
}
