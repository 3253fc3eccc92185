using System.Globalization;
using System.Text.Json.Nodes;
using Serving.Data.Json;

namespace Serving.Engine.Bundles;

/// <summary>Writes a manifest as canonical JSON.</summary>
internal static class ManifestWriter
{
    /// <summary>The bytes of <c>manifest.json</c>.</summary>
    public static byte[] Write(BundleManifest manifest) => CanonicalJson.Write(ToJson(manifest));

    /// <summary>The manifest as a document.</summary>
    public static JsonObject ToJson(BundleManifest manifest)
    {
        var files = new JsonObject();
        foreach ((string name, BundleFile file) in manifest.Files)
        {
            files[name] = new JsonObject { ["size"] = file.Size, ["sha256"] = file.Sha256 };
        }

        var document = new JsonObject
        {
            ["format"] = BundleManifest.Format,
            ["format_version"] = BundleManifest.FormatVersion,
            ["name"] = manifest.Name,
            ["version"] = manifest.Version,
            ["created"] = manifest.Created.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["files"] = files,
            ["model"] = new JsonObject
            {
                ["file"] = manifest.Model,
                ["format"] = manifest.ModelFormat,
                ["memory_bytes"] = manifest.MemoryBytes,
                ["sha256"] = manifest.ModelSha256,
                ["sum"] = manifest.Sum,
            },
            ["samples"] = new JsonObject
            {
                ["file"] = manifest.Samples,
                ["expected"] = manifest.Expected,
                ["count"] = manifest.SampleCount,
            },
            ["schema_hash"] = manifest.SchemaHash,
            ["limits"] = new JsonObject { ["rows_max"] = manifest.RowsMax },
            ["masked"] = new JsonArray([.. manifest.Masked.Select(field => JsonValue.Create(field))]),
        };
        AddFile(document, "script", manifest, manifest.Script);
        AddFile(document, "statistics", manifest, manifest.Statistics);
        AddFile(document, "baseline", manifest, manifest.Baseline);
        AddFile(document, "decision", manifest, manifest.Decision);
        AddFile(document, "mapping", manifest, manifest.Mapping);
        AddFile(document, "fallback", manifest, manifest.Fallback);
        if (manifest.Tensors is { } tensors)
        {
            document["tensors"] = TensorManifestJson.Write(tensors);
        }

        return document;
    }

    private static void AddFile(JsonObject document, string member, BundleManifest manifest, string? file)
    {
        if (file is not null)
        {
            document[member] = new JsonObject { ["file"] = file, ["sha256"] = manifest.Files[file].Sha256 };
        }
    }
}
