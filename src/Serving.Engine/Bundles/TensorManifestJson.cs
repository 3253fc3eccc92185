using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Engine.Bundles;

/// <summary>Member <c>tensors</c> of a manifest, both ways.</summary>
internal static class TensorManifestJson
{
    private const string Place = $"{BundleManifest.FileName}, tensors";
    private const int NamesMax = 1_000;
    private const long CallMillisecondsMax = 3_600_000;

    /// <summary>The member.</summary>
    public static JsonObject Write(TensorManifest manifest) => new()
    {
        ["tags"] = Texts(manifest.Tags),
        ["allowed_operators"] = Texts(manifest.AllowedOperators),
        ["call_ms"] = manifest.CallMilliseconds,
        ["call_bytes"] = manifest.CallBytes,
        ["compare"] = manifest.Compare,
        ["tolerance"] = manifest.Tolerance,
    };

    /// <summary>The manifest's member; null where it has none. Notes what is wrong with it.</summary>
    public static TensorManifest? Read(JsonElement root, BundleProblems problems)
    {
        if (!root.TryGetProperty("tensors", out JsonElement member))
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.Object)
        {
            problems.Add(Place, $"{member.ValueKind}", "an object");
            return null;
        }

        var defaults = new TensorManifest();
        return new TensorManifest
        {
            Tags = Names(member, "tags", problems),
            AllowedOperators = Names(member, "allowed_operators", problems),
            CallMilliseconds = (long)Number(
                member, "call_ms", defaults.CallMilliseconds, 1, CallMillisecondsMax, problems),
            CallBytes = (long)Number(member, "call_bytes", defaults.CallBytes, 1, 1L << 50, problems),
            Compare = Compare(member, problems),
            Tolerance = Number(member, "tolerance", defaults.Tolerance, 0, 1, problems),
        };
    }

    private static JsonArray Texts(ImmutableArray<string> texts) =>
        new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);

    private static string Compare(JsonElement member, BundleProblems problems)
    {
        string found = member.TryGetProperty("compare", out JsonElement compare)
            && compare.ValueKind == JsonValueKind.String
                ? compare.GetString()!
                : "";
        if (found is not (TensorManifest.Values or TensorManifest.Shapes or TensorManifest.Unchecked))
        {
            problems.Add($"{Place}, compare", $"'{found}'", "values, shapes or unchecked");
        }

        return found;
    }

    private static ImmutableArray<string> Names(JsonElement member, string name, BundleProblems problems)
    {
        if (!member.TryGetProperty(name, out JsonElement listed))
        {
            return [];
        }

        if (listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() > NamesMax
            || listed.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String))
        {
            problems.Add($"{Place}, {name}", $"{listed.ValueKind}", $"an array of at most {NamesMax} names");
            return [];
        }

        return [.. listed.EnumerateArray().Select(one => one.GetString()!)];
    }

    private static double Number(
        JsonElement member, string name, double otherwise, double from, double to, BundleProblems problems)
    {
        if (!member.TryGetProperty(name, out JsonElement found))
        {
            return otherwise;
        }

        if (found.ValueKind == JsonValueKind.Number && found.TryGetDouble(out double value)
            && value >= from && value <= to)
        {
            return value;
        }

        problems.Add($"{Place}, {name}", "no such number", $"a number from {from} to {to}");
        return otherwise;
    }
}
