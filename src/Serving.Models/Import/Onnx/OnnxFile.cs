using System.Collections.Immutable;
using Google.Protobuf;
using Serving.Data;
using Serving.Models.Import.Onnx.Shapes;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Reads ONNX files and checks them, weights beside them included, before a runtime sees them. Total on hostile bytes:
/// time and memory are in proportion to the file. Stateless, safe for use by several threads.
/// </summary>
/// <remarks>
/// Format: the public schema of ONNX (<c>onnx.proto</c>, IR version 13) and the public registries of its operators;
/// <c>operators.txt</c> lists those that are let through.
/// </remarks>
public static class OnnxFile
{
    /// <summary>The format as options and messages name it.</summary>
    public const string Format = "onnx";

    /// <summary>Whether files look like an ONNX model, by name and first bytes alone.</summary>
    public static bool Recognises(ModelFiles files)
    {
        if (files.Main.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // The first field is the version of the format, the second begins with one of the model's other fields. A
        // SavedModel begins so too; its main file has a fixed name.
        return !files.Main.EndsWith("saved_model.pb", StringComparison.Ordinal)
            && files.Read(files.Main) is { } bytes
            && bytes.Span is [0x08, > 0 and <= OnnxLimits.IrVersionMax, 0x12 or 0x1A or 0x22 or 0x3A or 0x42, ..];
    }

    /// <summary>Reads and checks a model.</summary>
    /// <param name="files">The model's files; nothing outside them is read.</param>
    /// <param name="options">How it is to be run: sizes above its work memory are refused.</param>
    /// <exception cref="InputException">It is no such model or a broken one: every problem found.</exception>
    public static TensorModel Check(ModelFiles files, TensorModelOptions options)
    {
        if (files.Read(files.Main) is not { } bytes)
        {
            throw new InputException(new InputProblem(files.Main, "no file", "an ONNX model"));
        }

        ModelProto model = Parse(files.Main, bytes.Span);
        var context = new OnnxContext(files, options);
        Dictionary<string, long> versions = VersionsOf("model", model.OpsetImport, context.Problems);
        CheckHead(model, context.Problems);
        GraphProto graph = model.Graph ?? new GraphProto();
        TensorModel result = Describe(files, model, graph, context, versions);
        context.Problems.ThrowIfAny();

        // Shapes are followed through a graph whose names and weights are right.
        var shapes = new ShapeWalk(context);
        shapes.Walk("graph", graph, versions[OnnxOperators.OnnxDomain], null);
        foreach (FunctionProto function in model.Functions)
        {
            shapes.Walk(function, VersionsOf(function, versions, context.Problems)[OnnxOperators.OnnxDomain]);
        }

        context.Problems.ThrowIfAny();
        return result;
    }

    /// <summary>The bytes that the runtime is to open: the file's own but for versions that it does not know.</summary>
    /// <param name="files">Files that <see cref="Check"/> let pass.</param>
    public static ReadOnlyMemory<byte> RuntimeBytes(ModelFiles files)
    {
        ReadOnlyMemory<byte> bytes = files.Read(files.Main)
            ?? throw new InputException(new InputProblem(files.Main, "no file", "an ONNX model"));
        return OnnxOpsets.ForRuntime(bytes);
    }

    private static ModelProto Parse(string name, ReadOnlySpan<byte> bytes)
    {
        InputProblem? problem = bytes.IsEmpty
            ? new InputProblem("byte 0", "no bytes", "an ONNX model")
            : OnnxWireWalk.ProblemOf(bytes);
        if (problem is not null)
        {
            throw new InputException(problem with { Place = $"{name}, {problem.Place}" });
        }

        try
        {
            return ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new InputException(new InputProblem(name, error.Message, "an ONNX model"));
        }
    }

    private static void CheckHead(ModelProto model, OnnxProblems problems)
    {
        if (model.IrVersion is < 1 or > OnnxLimits.IrVersionMax)
        {
            problems.Add(
                "ir_version", $"{model.IrVersion}", $"1 to {OnnxLimits.IrVersionMax}",
                    "export the model for an older version");
        }

        if (model.Graph is null)
        {
            problems.Add("model", "no graph", "a graph");
        }
    }

    private static TensorModel Describe(
        ModelFiles files,
        ModelProto model,
        GraphProto graph,
        OnnxContext context,
        Dictionary<string, long> versions)
    {
        var functions = new OnnxFunctions(context);
        functions.Add(model.Functions);
        var reader = new OnnxGraphReader(context);
        reader.Read("graph", graph, versions, null, isFunction: false);
        foreach (FunctionProto function in model.Functions)
        {
            reader.Read(function, VersionsOf(function, versions, context.Problems));
            functions.CheckSize($"function '{function.Name}'", function.Node);
        }

        functions.CheckSize("graph", graph.Node);
        return new TensorModel(
            Format, model.ProducerName, model.ProducerVersion,
                [OnnxSignature.Read(graph, model.IrVersion, context.Problems)])
        {
            Operators = [.. context.Operators.Keys],
            OperatorCounts = context.Operators.ToImmutableSortedDictionary(StringComparer.Ordinal),
            UnsafeOperators = [.. context.Operators.Keys.Where(OnnxOperators.IsUnsafe)],
            IsRandom = context.IsRandom,
            IsReduced = context.IsReduced || context.Tensors.IsReduced,
            WeightBytes = context.Tensors.WeightBytes,
            Files = [files.Main, .. context.Tensors.Outside],
            NotCarriedOver = NotCarriedOver(model),
        };
    }

    private static ImmutableArray<string> NotCarriedOver(ModelProto model) =>
        model.TrainingInfo.Count == 0 ? [] : ["The graphs for training are not used."];

    private static Dictionary<string, long> VersionsOf(
        FunctionProto function, Dictionary<string, long> ofModel, OnnxProblems problems) =>
        function.OpsetImport.Count == 0
            ? ofModel
            : VersionsOf($"function '{function.Name}'", function.OpsetImport, problems);

    private static Dictionary<string, long> VersionsOf(
        string place, IReadOnlyList<OperatorSetIdProto> imports, OnnxProblems problems)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            string domain = OnnxOperators.DomainOf(import.Domain);
            int most = OnnxOperators.VersionRead(domain);
            if (import.Version < 1 || (most > 0 && import.Version > most))
            {
                problems.Add(
                    $"{place}, opset_import",
                    $"version {import.Version} of {domain}",
                    $"1 to {(most > 0 ? most : int.MaxValue)}",
                    "export the model for an older version");
            }

            long version = Math.Min(import.Version, most > 0 ? OnnxOperators.VersionMax(domain) : import.Version);
            versions[domain] = Math.Max(version, versions.GetValueOrDefault(domain));
        }

        if (imports.Count == 0)
        {
            problems.Add($"{place}, opset_import", "nothing", "versions of the operators used");
        }

        versions.TryAdd(OnnxOperators.OnnxDomain, OnnxOperators.VersionMax(OnnxOperators.OnnxDomain));
        return versions;
    }
}
