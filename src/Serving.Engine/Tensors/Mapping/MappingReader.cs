using System.Text.Json;
using Serving.Data;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Reads the JSON of a mapping into what it says; what that means for a model is <see cref="MappingResolver"/>'s. Total
/// on hostile bytes.
/// </summary>
internal static class MappingReader
{
    private const int DepthMax = 16;
    private const int BytesMax = 4 << 20;

    private static readonly JsonDocumentOptions s_options = new()
    {
        MaxDepth = DepthMax,
        AllowDuplicateProperties = false,
    };

    private static readonly string[] s_members = ["signature", "inputs", "score", "link", "rows_per_call"];
    private static readonly string[] s_scoreMembers = ["output", "index", "key", "count"];

    /// <summary>Reads a mapping.</summary>
    /// <exception cref="InputException">It is none: the first problem found.</exception>
    public static MappingDocument Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > BytesMax)
        {
            throw Wrong("the mapping", $"{utf8.Length} bytes", $"at most {BytesMax}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, s_options);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Wrong("the mapping", exception.Message, "JSON without repeated members");
        }
    }

    private static MappingDocument Read(JsonElement root)
    {
        CheckMembers(root, "the mapping", s_members);
        JsonElement inputs = Member(root, "inputs");
        if (inputs.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            throw Wrong("inputs", inputs.ValueKind.ToString(), "an object: input name to columns");
        }

        JsonElement score = Member(root, "score");
        if (score.ValueKind != JsonValueKind.Undefined)
        {
            CheckMembers(score, "score", s_scoreMembers);
        }

        return new MappingDocument
        {
            Signature = Text(root, "signature") ?? "",
            Inputs = inputs.ValueKind == JsonValueKind.Undefined ? null : inputs.Clone(),
            Output = Text(score, "output"),
            Index = Number(score, "index", 0),
            Key = Member(score, "key") is { ValueKind: JsonValueKind.Number } number
                ? number.GetRawText()
                : Text(score, "key"),
            Count = Number(score, "count", 1),
            Link = Text(root, "link") ?? "identity",
            RowsPerCall = Number(root, "rows_per_call", 1),
        };
    }

    /// <summary>A member of an object; undefined where there is none.</summary>
    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            ? member
            : default;

    /// <summary>Refuses a value that is no object, or has members that mean nothing.</summary>
    /// <exception cref="InputException">It is or has.</exception>
    public static void CheckMembers(JsonElement element, string place, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(place, element.ValueKind.ToString(), $"an object of {string.Join(", ", known)}");
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name, StringComparer.Ordinal))
            {
                throw Wrong(place, $"a member '{member.Name}'", string.Join(", ", known));
            }
        }
    }

    /// <summary>A whole number of an object; null where there is none.</summary>
    /// <exception cref="InputException">It is another value.</exception>
    public static int? Number(JsonElement parent, string name, int from)
    {
        JsonElement member = Member(parent, name);
        if (member.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int value) && value >= from
            ? value
            : throw Wrong(name, member.GetRawText(), $"a whole number from {from}");
    }

    private static string? Text(JsonElement parent, string name)
    {
        JsonElement member = Member(parent, name);
        return member.ValueKind switch
        {
            JsonValueKind.Undefined => null,
            JsonValueKind.String => member.GetString(),
            _ => throw Wrong(name, member.ValueKind.ToString(), "a string"),
        };
    }

    private static InputException Wrong(string place, string found, string expected) =>
        new(new InputProblem(place, found, expected));
}
