using System.Text.Json;
using Serving.Data.Cells;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Tests.Onnx;

/// <summary>Calls a model with inputs as JSON and compares its answer with JSON of another tool.</summary>
internal static class JsonAnswers
{
    /// <summary>The outputs of a call.</summary>
    public static async Task<JsonElement> OfAsync(TensorCall call, string inputs)
    {
        call.Begin();
        TensorJsonReader.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"inputs": {{inputs}}}"""), call);
        await call.RunAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var output = new Utf8Buffer();
        TensorJsonWriter.WriteOutputs(output, call);
        using JsonDocument document = JsonDocument.Parse(output.WrittenMemory);
        JsonElement root = document.RootElement;
        return (root.TryGetProperty("outputs", out JsonElement outputs) ? outputs : root).Clone();
    }

    /// <summary>The first difference above the tolerance; null where there is none.</summary>
    public static string? Difference(
        JsonElement found, JsonElement expected, double absolute, double relative, string at = "")
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in expected.EnumerateObject())
                {
                    if (!found.TryGetProperty(property.Name, out JsonElement item))
                    {
                        return $"{at}: no '{property.Name}' in {found}";
                    }

                    if (Difference(item, property.Value, absolute, relative, $"{at}.{property.Name}") is { } inside)
                    {
                        return inside;
                    }
                }

                return null;
            case JsonValueKind.Array:
                if (found.ValueKind != JsonValueKind.Array || found.GetArrayLength() != expected.GetArrayLength())
                {
                    return $"{at}: another length";
                }

                return expected.EnumerateArray()
                    .Select((item, i) => Difference(found[i], item, absolute, relative, $"{at}[{i}]"))
                    .FirstOrDefault(difference => difference is not null);
            case JsonValueKind.Number when found.ValueKind == JsonValueKind.Number:
                double want = expected.GetDouble();
                double have = found.GetDouble();
                return Math.Abs(have - want) <= absolute + (relative * Math.Abs(want)) ? null
                    : $"{at}: {have}, not {want}";
            default:
                return found.ToString() == expected.ToString() ? null : $"{at}: {found}, not {expected}";
        }
    }
}
