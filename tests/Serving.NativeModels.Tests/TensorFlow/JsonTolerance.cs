using System.Text.Json;

namespace Serving.NativeModels.Tests.TensorFlow;

/// <summary>Compares an answer with an expected one: floats within a tolerance, all else exactly.</summary>
internal static class JsonTolerance
{
    /// <summary>Where they differ; null where they do not.</summary>
    public static string? Difference(JsonElement expected, JsonElement found, double tolerance, string at)
    {
        if (expected.ValueKind != found.ValueKind)
        {
            return $"{at}: {found.ValueKind}, expected {expected.ValueKind}";
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Array => Items(expected, found, tolerance, at),
            JsonValueKind.Object => expected.EnumerateObject()
                .Select(member => found.TryGetProperty(member.Name, out JsonElement value)
                    ? Difference(member.Value, value, tolerance, $"{at}.{member.Name}")
                    : $"{at}.{member.Name}: nothing")
                .FirstOrDefault(one => one is not null),
            JsonValueKind.Number => Number(expected.GetDouble(), found.GetDouble(), tolerance, at),
            _ => expected.ToString() == found.ToString() ? null : $"{at}: {found}, expected {expected}",
        };
    }

    private static string? Items(JsonElement expected, JsonElement found, double tolerance, string at) =>
        expected.GetArrayLength() != found.GetArrayLength()
            ? $"{at}: {found.GetArrayLength()} items, expected {expected.GetArrayLength()}"
            : expected.EnumerateArray()
                .Zip(found.EnumerateArray(), (left, right) => (left, right))
                .Select((pair, i) => Difference(pair.left, pair.right, tolerance, $"{at}[{i}]"))
                .FirstOrDefault(one => one is not null);

    private static string? Number(double expected, double found, double tolerance, string at) =>
        Math.Abs(expected - found) <= tolerance + (tolerance * Math.Abs(expected))
            ? null
            : $"{at}: {found:R}, expected {expected:R}";
}
