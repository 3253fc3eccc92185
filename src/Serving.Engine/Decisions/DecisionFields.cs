using System.Collections.Immutable;
using System.Text.Json;
using Serving.Engine.Bundles;

namespace Serving.Engine.Decisions;

/// <summary>Takes members of a strict document; what is not as expected becomes a problem with its place.</summary>
internal sealed class DecisionFields(BundleProblems problems)
{
    /// <summary>Whether a value is an object; members that are not named are noted.</summary>
    public bool IsObject(JsonElement value, string place, params ReadOnlySpan<string> members)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.Add(place, $"{value.ValueKind}", "an object");
            return false;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!members.Contains(member.Name))
            {
                problems.Add(place, $"a member '{member.Name}'", "one of " + string.Join(", ", members.ToArray()));
            }
        }

        return true;
    }

    /// <summary>A member of a kind; undefined where there is none.</summary>
    public JsonElement Member(JsonElement parent, string place, string name, JsonValueKind kind, bool isRequired)
    {
        JsonElement member = default;
        bool isThere = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out member);
        if (isThere && member.ValueKind == kind)
        {
            return member;
        }

        if (isThere || isRequired)
        {
            problems.Add($"{place}, {name}", isThere ? $"{member.ValueKind}" : "nothing", $"{kind}");
        }

        return default;
    }

    /// <summary>A required string; null after a problem.</summary>
    public string? Text(JsonElement parent, string place, string name)
    {
        JsonElement member = Member(parent, place, name, JsonValueKind.String, isRequired: true);
        return member.ValueKind == JsonValueKind.String ? member.GetString() : null;
    }

    /// <summary>A required finite number; null after a problem.</summary>
    public double? Number(JsonElement parent, string place, string name)
    {
        JsonElement member = Member(parent, place, name, JsonValueKind.Number, isRequired: true);
        if (member.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        double value = member.GetDouble();
        if (double.IsFinite(value))
        {
            return value;
        }

        problems.Add($"{place}, {name}", member.GetRawText(), "a finite number");
        return null;
    }

    /// <summary>The items of an array that may be left out.</summary>
    public ImmutableArray<T> Items<T>(JsonElement root, string name, int countMax, Func<JsonElement, string, T> read)
    {
        JsonElement array = Member(root, DecisionDocument.FileName, name, JsonValueKind.Array, isRequired: false);
        if (array.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        if (array.GetArrayLength() > countMax)
        {
            problems.Add($"{DecisionDocument.FileName}, {name}", $"{array.GetArrayLength()}", $"at most {countMax}");
            return [];
        }

        return [.. array.EnumerateArray().Select((item, index) =>
            read(item, $"{DecisionDocument.FileName}, {name}[{index}]"))];
    }
}
