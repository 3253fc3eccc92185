using System.Text.Json.Nodes;

namespace Serving.Cli.ObjectStores;

/// <summary>What one look at an object store came to.</summary>
internal sealed class SyncResult
{
    /// <summary>Bundles that were copied.</summary>
    public List<(string Model, long Version)> Copied { get; } = [];

    /// <summary>Bundles that stood there already.</summary>
    public int Present { get; set; }

    /// <summary>Bundles that are not there as a whole, and why; the next look tries them again.</summary>
    public List<(string Model, long Version, string Reason)> Incomplete { get; } = [];

    /// <summary>The result as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["copied"] = new JsonArray([.. Copied.Select(one => (JsonNode?)new JsonObject
        {
            ["model"] = one.Model,
            ["version"] = one.Version,
        })]),
        ["present"] = Present,
        ["incomplete"] = new JsonArray([.. Incomplete.Select(one => (JsonNode?)new JsonObject
        {
            ["model"] = one.Model,
            ["version"] = one.Version,
            ["reason"] = one.Reason,
        })]),
    };
}
