using System.Text.Json;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>A mapping as somebody wrote it. Immutable.</summary>
internal sealed record MappingDocument
{
    /// <summary>A mapping that says nothing: everything by name.</summary>
    public static MappingDocument Empty { get; } = new();

    /// <summary>The signature; empty for the default one.</summary>
    public string Signature { get; init; } = "";

    /// <summary>Its member <c>inputs</c>; null where it leaves them to the names.</summary>
    public JsonElement? Inputs { get; init; }

    /// <summary>The output that is the score; null where there is no choice.</summary>
    public string? Output { get; init; }

    /// <summary>The place in its last dimension; null for all.</summary>
    public int? Index { get; init; }

    /// <summary>The key of a map; null of tensors.</summary>
    public string? Key { get; init; }

    /// <summary>Raw scores of a row where the model does not declare them; null where it does.</summary>
    public int? Count { get; init; }

    /// <summary>Rows of one call at most; null for as many as the program gives.</summary>
    public int? RowsPerCall { get; init; }

    /// <summary>Name of the link.</summary>
    public string Link { get; init; } = "identity";
}
