using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serving.Cli.CommandLine;

/// <summary>Writes the one JSON document of <c>--json</c>.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(TextWriter output, JsonNode document) => output.WriteLine(Text(document));

    /// <summary>The document's text without a line's end.</summary>
    public static string Text(JsonNode document) => document.ToJsonString(Indented);

    /// <summary>An array of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> texts) =>
        new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);
}
