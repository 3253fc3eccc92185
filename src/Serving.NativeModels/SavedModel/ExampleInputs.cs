using System.Collections.Immutable;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// Finds which string inputs are serialized tf.Examples: those that a parsing operator takes, with the features that it
/// asks for.
/// </summary>
internal sealed class ExampleInputs
{
    private const int FeaturesMax = 1_000_000;

    private readonly TensorSources _sources;
    private readonly Dictionary<TensorSource, Dictionary<string, ExampleFeature>> _found = [];

    private ExampleInputs(TensorSources sources) => _sources = sources;

    /// <summary>The signatures with the features of their inputs.</summary>
    public static List<SavedSignature> Mark(ModelGraph graph, TensorSources sources, List<SavedSignature> signatures)
    {
        var inputs = new ExampleInputs(sources);
        foreach (GraphScope scope in graph.Scopes)
        {
            foreach (NodeDef node in scope.Nodes)
            {
                inputs.Node(scope, node);
            }
        }

        return inputs._found.Count == 0
            ? signatures
            : [.. signatures.Select(signature => inputs.Mark(graph, signature))];
    }

    private SavedSignature Mark(ModelGraph graph, SavedSignature signature)
    {
        ImmutableArray<TensorSpec> specs = [.. signature.Signature.Inputs.Select((spec, i) =>
            spec.Type == TensorType.Text && graph.Main.Find(signature.Inputs[i].Node) is { } node
            && _found.TryGetValue(
                new TensorSource(graph.Main, node, signature.Inputs[i].Index),
                out Dictionary<string, ExampleFeature>? features)
                ? spec with
                {
                    Example = [.. features.Values.OrderBy(feature => feature.Name, StringComparer.Ordinal)],
                }
                : spec)];
        return signature with { Signature = signature.Signature with { Inputs = specs } };
    }

    private void Node(GraphScope scope, NodeDef node)
    {
        List<ExampleFeature>? features = node.Op switch
        {
            "ParseExampleV2" => Second(scope, node),
            "ParseExample" => First(scope, node),
            "ParseSingleExample" => Single(scope, node),
            _ => null,
        };
        if (features is null || _sources.Of(scope, node.Input[0]) is not { } serialized)
        {
            return;
        }

        foreach (TensorSource source in serialized)
        {
            if (!_found.TryGetValue(source, out Dictionary<string, ExampleFeature>? known))
            {
                _found.Add(source, known = []);
            }

            foreach (ExampleFeature feature in features)
            {
                known.TryAdd(feature.Name, feature);
            }
        }
    }

    // serialized, names, sparse_keys, dense_keys, ragged_keys, dense_defaults
    private List<ExampleFeature>? Second(GraphScope scope, NodeDef node)
    {
        var features = new List<ExampleFeature>();
        IReadOnlyList<DataType> sparse = Types(node, "sparse_types");
        IReadOnlyList<DataType> dense = Types(node, "Tdense");
        IReadOnlyList<DataType> ragged = Types(node, "ragged_value_types");
        return Add(features, Texts(scope, node.Input[2], sparse.Count), sparse)
            && Add(features, Texts(scope, node.Input[3], dense.Count), dense, Dense(scope, node, 5))
            && Add(features, Texts(scope, node.Input[4], ragged.Count), ragged)
                ? features
                : null;
    }

    // serialized, names, then a scalar key for each sparse and each dense feature
    private List<ExampleFeature>? First(GraphScope scope, NodeDef node)
    {
        IReadOnlyList<DataType> sparse = Types(node, "sparse_types");
        IReadOnlyList<DataType> dense = Types(node, "Tdense");
        if (node.Input.Count < 2 + sparse.Count + dense.Count)
        {
            return null;
        }

        List<string> keys = [.. node.Input.Skip(2).Take(sparse.Count + dense.Count)
            .Select(input => Texts(scope, input, 1)?[0] ?? "")];
        var features = new List<ExampleFeature>();
        return Add(features, keys[..sparse.Count], sparse)
            && Add(features, keys[sparse.Count..], dense, Dense(scope, node, 2 + sparse.Count + dense.Count))
                ? features
                : null;
    }

    // serialized, dense_defaults; the keys are attributes
    private List<ExampleFeature>? Single(GraphScope scope, NodeDef node)
    {
        var features = new List<ExampleFeature>();
        return Add(features, Keys(node, "sparse_keys"), Types(node, "sparse_types"))
            && Add(features, Keys(node, "dense_keys"), Types(node, "Tdense"), Dense(scope, node, 1)) ? features : null;
    }

    // Counts of dense features, and whether they are required: those without a default have an empty one.
    private List<(long Count, bool IsRequired)> Dense(GraphScope scope, NodeDef node, int defaults)
    {
        var dense = new List<(long, bool)>();
        foreach (TensorShapeProto shape in node.Attr.GetValueOrDefault("dense_shapes")?.List?.Shape ?? [])
        {
            int input = defaults + dense.Count;
            TensorProto? value = input < node.Input.Count && _sources.Of(scope, node.Input[input]) is { Count: 1 } found
                ? found.First().Constant
                : null;
            dense.Add((ShapeText.CountOf(shape), value is not null && ShapeText.CountOf(value.TensorShape) == 0));
        }

        return dense;
    }

    private static bool Add(
        List<ExampleFeature> features,
        List<string>? keys,
        IReadOnlyList<DataType> types,
        List<(long Count, bool IsRequired)>? dense = null)
    {
        if (keys is null || keys.Count != types.Count || keys.Count > FeaturesMax - features.Count)
        {
            return false;
        }

        for (int i = 0; i < keys.Count; i++)
        {
            (long count, bool isRequired) = dense is not null && i < dense.Count ? dense[i] : (-1, false);
            features.Add(new ExampleFeature(keys[i], ElementTypes.TypeOf(types[i]), count, isRequired));
        }

        return true;
    }

    private List<string>? Texts(GraphScope scope, string input, int count) =>
        _sources.Of(scope, input) is { Count: 1 } sources ? ConstantTexts.Of(sources.First().Constant, count) : null;

    private static List<string> Keys(NodeDef node, string attribute) =>
        [.. node.Attr.GetValueOrDefault(attribute)?.List?.S.Select(key => key.ToStringUtf8()) ?? []];

    private static IReadOnlyList<DataType> Types(NodeDef node, string attribute) =>
        node.Attr.GetValueOrDefault(attribute)?.List?.Type ?? [];
}
