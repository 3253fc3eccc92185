using System.Collections.Immutable;
using Google.Protobuf;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel.Schema;
using Serving.NativeModels.SavedModel.Variables;

namespace Serving.NativeModels.SavedModel;

/// <summary>
/// A SavedModel read and checked without TensorFlow's library: signatures, operators, assets, variables. Total on
/// hostile bytes. Immutable, safe for use by several threads.
/// </summary>
public sealed class SavedModelFile
{
    /// <summary>The main file's name; the text form <c>saved_model.pbtxt</c> is not read.</summary>
    public const string MainName = "saved_model.pb";

    private const string FingerprintName = "fingerprint.pb";
    private const string VariablesFolder = "variables/";

    private SavedModelFile(
        TensorModel model,
        ImmutableArray<SavedSignature> signatures,
        ImmutableArray<(string To, string From)> copies,
        bool mayLoop)
    {
        Model = model;
        Signatures = signatures;
        Copies = copies;
        MayLoop = mayLoop;
    }

    /// <summary>What the file says of the model.</summary>
    public TensorModel Model { get; }

    /// <summary>Whether a call may run without a bound that the file shows: only a time limit ends it.</summary>
    public bool MayLoop { get; }

    /// <summary>The model's signatures, in its order, with the graph's tensors.</summary>
    internal ImmutableArray<SavedSignature> Signatures { get; }

    /// <summary>Variables that loading leaves empty, each with the one that holds its value.</summary>
    internal ImmutableArray<(string To, string From)> Copies { get; }

    /// <summary>Reads and checks a SavedModel.</summary>
    /// <exception cref="InputException">It is none or a broken one, or holds operators that are not allowed: every
    /// problem found.</exception>
    public static SavedModelFile Read(ModelFiles files, TensorModelOptions options)
    {
        var problems = new FileProblems();
        MetaGraphDef meta = GraphChoice.Choose(Parse(files), options.Tags);
        var graph = new ModelGraph(meta);
        GraphCheck.Check(graph, problems);
        problems.ThrowIfAny();

        var leftOut = new List<string>();
        List<SavedSignature> signatures = SignatureReader.Read(graph, problems, leftOut);
        if (signatures.Count == 0)
        {
            problems.Add(
                MainName, "no signature that can be served", "one at least", string.Join(' ', leftOut.Take(3)));
        }

        problems.ThrowIfAny();
        var sources = new TensorSources(graph);
        var runs = new ModelRuns(graph, signatures);
        ModelAssets assets = ModelAssets.Read(graph, files, problems);
        ImmutableArray<string> outside =
            UnsafeCheck.Check(graph, sources, runs, assets, options.AllowedOperators, problems);
        VariablesIndex? index = Index(files, problems);
        problems.ThrowIfAny();
        RestoreCheck.Check(graph, sources, runs.Restore, index, problems);
        long weights = index is null ? 0 : VariablesCheck.Check(index, files, problems);
        problems.ThrowIfAny();

        signatures = ExampleInputs.Mark(graph, sources, signatures);
        ImmutableArray<string> names = Names(files, assets, index);
        leftOut.AddRange(Leftovers(files, names));
        TensorModel model = Describe(graph, runs, signatures) with
        {
            UnsafeOperators = outside,
            WeightBytes = weights + graph.Scopes.SelectMany(scope => scope.Nodes).Sum(ConstantBytes),
            IsReduced = runs.Calls.Nodes.Any(IsReduced),
            Files = names,
            NotCarriedOver = [.. leftOut],
        };
        return new SavedModelFile(
            model,
            [.. signatures],
            UnrestoredVariables.Find(graph, sources, runs),
            runs.Calls.Nodes.Any(OperatorTraits.MayLoop));
    }

    private static SavedModelProto Parse(ModelFiles files)
    {
        if (files.Read(MainName) is not { } bytes)
        {
            throw FileProblems.One(MainName, "nothing", "the SavedModel's main file");
        }

        WireScan.Check(MainName, bytes.Span, SavedModelProto.Descriptor);
        try
        {
            return SavedModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw FileProblems.One(
                MainName, $"no protobuf ({broken.Message})", "a SavedModel", "the file is damaged: export it again");
        }
    }

    private static VariablesIndex? Index(ModelFiles files, FileProblems problems) =>
        files.Read(VariablesIndex.Path) is { } bytes ? VariablesIndex.Read(bytes, problems) : null;

    private static TensorModel Describe(ModelGraph graph, ModelRuns runs, List<SavedSignature> signatures)
    {
        ImmutableSortedDictionary<string, int> operators = graph.Scopes.SelectMany(scope => scope.Nodes)
            .Where(node => graph.Function(node.Op) is null)
            .CountBy(node => node.Op)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        return new TensorModel(
            "savedmodel",
            "tensorflow",
            graph.Meta.MetaInfoDef?.TensorflowVersion ?? "",
            [.. signatures.Select(signature => signature.Signature)])
        {
            DefaultSignature = signatures.FindIndex(
                signature => signature.Signature.Name == TensorSignature.DefaultName),
            Operators = [.. operators.Keys],
            OperatorCounts = operators,
            Tags = [.. GraphChoice.TagsOf(graph.Meta).Order(StringComparer.Ordinal)],
            IsStateful = runs.Calls.Nodes.Any(OperatorTraits.IsWrite),
            IsRandom = runs.Calls.Nodes.Any(OperatorTraits.IsRandom),
        };
    }

    private static bool IsReduced(NodeDef node) => node.Attr.Values.Any(
        value => value.ValueCase == AttrValue.ValueOneofCase.Type && ElementTypes.IsReduced(value.Type));

    private static long ConstantBytes(NodeDef node) =>
        node.Op == "Const" && node.Attr.GetValueOrDefault("value")?.Tensor is { } tensor
            ? Math.Max(
                tensor.TensorContent.Length,
                ShapeText.CountOf(tensor.TensorShape) * ElementTypes.SizeOf(tensor.Dtype))
            : 0;

    private static ImmutableArray<string> Names(ModelFiles files, ModelAssets assets, VariablesIndex? index)
    {
        var names = new List<string> { MainName };
        if (files.LengthOf(FingerprintName) >= 0)
        {
            names.Add(FingerprintName);
        }

        names.AddRange(assets.Paths);
        if (index is not null)
        {
            names.Add(VariablesIndex.Path);
            names.AddRange(Enumerable.Range(0, index.ShardCount).Select(index.ShardPath)
                .Where(path => files.LengthOf(path) >= 0));
        }

        return [.. names];
    }

    private static IEnumerable<string> Leftovers(ModelFiles files, ImmutableArray<string> names)
    {
        var taken = names.ToHashSet();
        return files.Names.Where(name => !taken.Contains(name))
            .Order(StringComparer.Ordinal)
            .Take(50)
            .Select(name => name.StartsWith(VariablesFolder, StringComparison.Ordinal)
                ? $"File {FileProblems.Quote(name)} is no data file of the index and is left out."
                : $"File {FileProblems.Quote(name)} is not served and is left out.");
    }
}
