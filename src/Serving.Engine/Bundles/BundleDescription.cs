using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Tensors.Mapping;

namespace Serving.Engine.Bundles;

/// <summary>What <c>bundle show</c> prints of a bundle. Immutable.</summary>
public sealed record BundleDescription
{
    /// <summary>The head.</summary>
    public required BundleManifest Manifest { get; init; }

    /// <summary>The request's fields in the script's order.</summary>
    public required ImmutableArray<Field> Fields { get; init; }

    /// <summary>Inputs of the model in their order.</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    /// <summary>Raw scores of one row.</summary>
    public required int Outputs { get; init; }

    /// <summary>Name of the link.</summary>
    public required string Link { get; init; }

    /// <summary>Steps of the fallback ladder that the bundle has, best first.</summary>
    public required ImmutableArray<string> Steps { get; init; }

    /// <summary>How it decides, in a few words; empty where it does not.</summary>
    public required string Decides { get; init; }

    /// <summary>Describes an opened bundle.</summary>
    public static BundleDescription Of(Bundle bundle) => new()
    {
        Manifest = bundle.Manifest,
        Fields = bundle.Published.Fields,
        Inputs = bundle.Tensors is { } tensors
            ? tensors.Mapping is { } mapping ? FillsOf(mapping) : CallsOf(tensors)
            : [.. bundle.Model.Inputs.Select(input => input.Name)],
        Outputs = bundle.OutputCount,
        Link = bundle.Pipeline.LinkName,
        Steps = [.. StepsOf(bundle).Select(DecisionWords.Of)],
        Decides = bundle.Decisions is { } decisions ? DecidesBy(decisions.Program.Document) : "",
    };

    /// <summary>
    /// The manifest's members, and beside them <c>fields</c>, <c>inputs</c>, <c>outputs</c>, <c>link</c>.
    /// </summary>
    public JsonObject ToJson()
    {
        JsonObject document = ManifestWriter.ToJson(Manifest);
        document["fields"] = new JsonArray([.. Fields.Select(
            field => new JsonObject { ["name"] = field.Name, ["type"] = field.Type.ToString() })]);
        document["inputs"] = new JsonArray([.. Inputs.Select(input => JsonValue.Create(input))]);
        document["outputs"] = Outputs;
        document["link"] = Link;
        document["steps"] = new JsonArray([.. Steps.Select(step => JsonValue.Create(step))]);
        return document;
    }

    private static ImmutableArray<string> CallsOf(BundleTensors tensors) =>
    [
        .. tensors.Model.Signatures.SelectMany(signature => signature.Inputs.Select(
            input => $"{signature.Name}: {input}")),
    ];

    private static ImmutableArray<string> FillsOf(TensorMapping mapping) =>
        [.. mapping.Inputs.Select(input => MappingWriter.Describe(mapping, input))];

    private static IEnumerable<ScoringStep> StepsOf(Bundle bundle)
    {
        yield return ScoringStep.Full;
        if (bundle.Pipeline.Windows is not null)
        {
            yield return ScoringStep.WindowsMissing;
        }

        if (bundle.Decisions?.Fallback is not null)
        {
            yield return ScoringStep.RequestModel;
        }

        if (bundle.Decisions?.Program.Document.Policy is not null)
        {
            if (bundle.Decisions.Program.HasRulesWithoutScore)
            {
                yield return ScoringStep.Rules;
            }

            yield return ScoringStep.Policy;
        }
    }

    private static string DecidesBy(DecisionDocument document)
    {
        string by = document.Costs.IsEmpty ? $"{document.Thresholds.Length} thresholds" : "costs";
        string languages = document.Languages.IsEmpty ? "" : $", languages {string.Join(", ", document.Languages)}";
        return $"{document.Rules.Length} rules, {by}{languages}";
    }
}
