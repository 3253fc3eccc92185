using System.Text.Json;

namespace Serving.Engine.Bundles;

/// <summary>Compares outputs as JSON: numbers within a tolerance, all else exactly. Stateless.</summary>
internal static class TensorSampleValues
{
    /// <summary>
    /// Whether two values are as near as the tolerance asks, absolute or relative; 0 asks for equality.
    /// </summary>
    public static bool AreNear(JsonElement expected, JsonElement found, double tolerance)
    {
        if (expected.ValueKind != found.ValueKind)
        {
            return false;
        }

        return expected.ValueKind switch
        {
            JsonValueKind.Number => AreNearNumbers(expected, found, tolerance),
            JsonValueKind.String => expected.GetString() == found.GetString(),
            JsonValueKind.Array => AreNearArrays(expected, found, tolerance),
            JsonValueKind.Object => AreNearObjects(expected, found, tolerance),
            _ => true,
        };
    }

    private static bool AreNearNumbers(JsonElement expected, JsonElement found, double tolerance)
    {
        if (tolerance == 0)
        {
            return expected.GetRawText() == found.GetRawText();
        }

        double one = expected.GetDouble();
        double other = found.GetDouble();
        return Math.Abs(one - other) <= tolerance * Math.Max(1, Math.Max(Math.Abs(one), Math.Abs(other)));
    }

    private static bool AreNearArrays(JsonElement expected, JsonElement found, double tolerance)
    {
        if (expected.GetArrayLength() != found.GetArrayLength())
        {
            return false;
        }

        using JsonElement.ArrayEnumerator others = found.EnumerateArray();
        JsonElement.ArrayEnumerator at = others;
        foreach (JsonElement one in expected.EnumerateArray())
        {
            at.MoveNext();
            if (!AreNear(one, at.Current, tolerance))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreNearObjects(JsonElement expected, JsonElement found, double tolerance)
    {
        int count = 0;
        foreach (JsonProperty one in expected.EnumerateObject())
        {
            count++;
            if (!found.TryGetProperty(one.Name, out JsonElement other) || !AreNear(one.Value, other, tolerance))
            {
                return false;
            }
        }

        return found.EnumerateObject().Count() == count;
    }
}
