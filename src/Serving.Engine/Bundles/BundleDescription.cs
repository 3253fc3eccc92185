using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serving.Data;

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

    /// <summary>Describes an opened bundle.</summary>
    public static BundleDescription Of(Bundle bundle) => new()
    {
        Manifest = bundle.Manifest,
        Fields = bundle.Published.Fields,
        Inputs = [.. bundle.Model.Inputs.Select(input => input.Name)],
        Outputs = bundle.OutputCount,
        Link = bundle.Pipeline.LinkName,
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
        return document;
    }
}
