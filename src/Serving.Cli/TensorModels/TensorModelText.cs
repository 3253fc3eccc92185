using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serving.Cli.CommandLine;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Cli.TensorModels;

/// <summary>What <c>model show</c> prints of a tensor model.</summary>
internal sealed class TensorModelText(TensorModel model, IScorerFactory factory, TensorModelOptions options)
{
    private const int OperatorsShownMax = 30;

    private string Why => $"a {model.Format} graph of {OperatorCount} operators, {model.Operators.Length} kinds, "
        + $"which no kernel here holds: {factory.RunsBy} runs it";

    private int OperatorCount => model.OperatorCounts.Values.Sum();

    public void Write(TextWriter output)
    {
        output.WriteLine($"{model.Format}, written by {model.Tool} {model.ToolVersion}".TrimEnd());
        output.WriteLine($"runs by {factory.RunsBy} ({string.Join(", ", factory.ProvidersFor(options))}): {Why}");
        output.WriteLine($"{model.WeightBytes} bytes of weights{Nature()}");
        if (!model.Tags.IsEmpty)
        {
            output.WriteLine($"tags {string.Join(", ", model.Tags)}");
        }

        WriteOperators(output);
        foreach (string note in model.NotCarriedOver)
        {
            output.WriteLine("not carried over: " + note);
        }

        for (int i = 0; i < model.Signatures.Length; i++)
        {
            WriteSignature(output, model.Signatures[i], i == model.DefaultSignature);
        }
    }

    public JsonObject ToJson()
    {
        TensorSignature? main = model.DefaultSignature < 0 ? null : model.Signatures[model.DefaultSignature];
        var signatures = new JsonObject();
        foreach (TensorSignature signature in model.Signatures)
        {
            signatures[signature.Name] = new JsonObject
            {
                ["inputs"] = Specs(signature.Inputs),
                ["outputs"] = Specs(signature.Outputs),
                ["method"] = signature.Method,
            };
        }

        return new JsonObject
        {
            ["format"] = model.Format,
            ["tool"] = model.Tool,
            ["tool_version"] = model.ToolVersion,
            ["inputs"] = Specs(main?.Inputs ?? []),
            ["outputs"] = Specs(main?.Outputs ?? []),
            ["signatures"] = signatures,
            ["tags"] = JsonOutput.Texts(model.Tags),
            ["operators"] = new JsonObject(model.OperatorCounts.Select(
                pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
            ["unsafe_operators"] = JsonOutput.Texts(model.UnsafeOperators),
            ["stateful"] = model.IsStateful,
            ["random"] = model.IsRandom,
            ["providers"] = JsonOutput.Texts(factory.ProvidersFor(options)),
            ["runs_by"] = factory.RunsBy,
            ["why"] = Why,
            ["memory_bytes"] = model.WeightBytes,
            ["files"] = JsonOutput.Texts(model.Files),
            ["not_carried_over"] = JsonOutput.Texts(model.NotCarriedOver),
        };
    }

    private static JsonArray Specs(ImmutableArray<TensorSpec> specs) => new([.. specs.Select(Spec)]);

    private static JsonNode Spec(TensorSpec spec)
    {
        var document = new JsonObject
        {
            ["name"] = spec.Name,
            ["type"] = spec.TypeName,
            ["shape"] = spec.Shape is { } shape
                ? new JsonArray([.. shape.Select(size => size < 0 ? null : (JsonNode?)JsonValue.Create(size))])
                : null,
        };
        if (spec.HasDefault)
        {
            document["default"] = true;
        }

        if (!spec.Example.IsEmpty)
        {
            document["example"] = new JsonObject(spec.Example.Select(feature => KeyValuePair.Create(
                feature.Name, (JsonNode?)JsonValue.Create(TensorTypes.NameOf(feature.Type)))));
        }

        return document;
    }

    private string Nature() => (model.IsStateful ? ", keeps state from call to call (not replicated)" : "")
        + (model.IsRandom ? ", equal calls may answer differently" : "")
        + (model.IsReduced ? ", reduced precision" : "");

    private void WriteOperators(TextWriter output)
    {
        IEnumerable<string> shown = model.OperatorCounts.Take(OperatorsShownMax)
            .Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Key} x{pair.Value}");
        string more = model.OperatorCounts.Count > OperatorsShownMax ? ", ..." : "";
        output.WriteLine($"operators {string.Join(", ", shown)}{more}");
        if (!model.UnsafeOperators.IsEmpty)
        {
            output.WriteLine(
                $"reaches outside the process: {string.Join(", ", model.UnsafeOperators)}; runs only where allowed");
        }
    }

    private static void WriteSignature(TextWriter output, TensorSignature signature, bool isDefault)
    {
        string method = signature.Method.Length == 0 ? "" : $" ({signature.Method})";
        output.WriteLine($"signature {signature.Name}{method}{(isDefault ? ", the default" : "")}");
        foreach (TensorSpec input in signature.Inputs)
        {
            string example = input.Example.IsEmpty
                ? ""
                : $" of tf.Example: {string.Join(
                    ", ", input.Example.Select(feature => $"{feature.Name} {TensorTypes.NameOf(feature.Type)}"))}";
            output.WriteLine($"  in  {input}{(input.HasDefault ? ", may be left out" : "")}{example}");
        }

        foreach (TensorSpec spec in signature.Outputs)
        {
            output.WriteLine($"  out {spec}");
        }
    }
}
