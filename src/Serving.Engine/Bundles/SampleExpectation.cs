using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>What one sample must give, stage by stage. NaN in <paramref name="Dense"/> is missing.</summary>
/// <param name="Dense">Encoded continuous features, and ids as numbers, in the order of the model's dense
/// inputs.</param>
/// <param name="Ids">Encoded ids of each id input.</param>
/// <param name="RawScores">Scores before the link.</param>
/// <param name="Scores">Scores after the link.</param>
internal sealed record SampleExpectation(double[] Dense, uint[][] Ids, double[] RawScores, double[] Scores)
{
    /// <summary>Window values as cells, in the plan's order; null is missing. Empty without windows.</summary>
    public string?[] Windows { get; init; } = [];

    /// <summary>Takes what a pipeline computed for a row.</summary>
    public static SampleExpectation Of(
        FeatureBatch features, int row, ReadOnlySpan<double> rawScores, ReadOnlySpan<double> scores)
    {
        uint[][] ids = new uint[features.IdColumnCount][];
        for (int column = 0; column < ids.Length; column++)
        {
            ids[column] = features.RowIds(row, column).ToArray();
        }

        return new SampleExpectation(features.DenseRow(row).ToArray(), ids, rawScores.ToArray(), scores.ToArray());
    }

    /// <summary>
    /// The expectation as an object; numbers are exact: null is missing, what JSON has no number for is a string.
    /// </summary>
    public JsonObject Write()
    {
        JsonObject line = WriteNumbers();
        if (Windows.Length > 0)
        {
            line["windows"] = new JsonArray([.. Windows.Select(cell => (JsonNode?)cell)]);
        }

        return line;
    }

    private JsonObject WriteNumbers() => new()
    {
        ["dense"] = new JsonArray([.. Dense.Select(Number)]),
        ["ids"] = new JsonArray(
            [.. Ids.Select(ids => new JsonArray([.. ids.Select(id => JsonValue.Create((long)id))]))]),
        ["raw_scores"] = new JsonArray([.. RawScores.Select(Number)]),
        ["scores"] = new JsonArray([.. Scores.Select(Number)]),
    };

    /// <summary>Reads an expectation, or returns null after noting why not.</summary>
    public static SampleExpectation? Read(JsonElement value, string place, BundleProblems problems)
    {
        double[]? dense = Numbers(value, "dense");
        double[]? rawScores = Numbers(value, "raw_scores");
        double[]? scores = Numbers(value, "scores");
        uint[][]? ids = IdsOf(value);
        if (dense is null || rawScores is null || scores is null || ids is null)
        {
            problems.Add(place, "another object", "dense, ids, raw_scores and scores, arrays of numbers");
            return null;
        }

        return new SampleExpectation(dense, ids, rawScores, scores) { Windows = WindowsOf(value) };
    }

    // What is no array of cells differs from every window value, and so is found by the replay.
    private static string?[] WindowsOf(JsonElement parent) =>
        parent.TryGetProperty("windows", out JsonElement cells) && cells.ValueKind == JsonValueKind.Array
            ? [.. cells.EnumerateArray().Select(cell => cell.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => cell.GetString(),
                _ => $"not a cell: {cell.ValueKind}",
            })]
            : [];

    private static JsonNode? Number(double value) => value switch
    {
        double.NaN => null,
        0 when double.IsNegative(value) => JsonValue.Create("-0"),
        double.PositiveInfinity or double.NegativeInfinity =>
            JsonValue.Create(value.ToString(CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value),
    };

    private static double[]? Numbers(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out JsonElement array)
            || array.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        double[] numbers = new double[array.GetArrayLength()];
        int index = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (!TryNumber(item, out numbers[index++]))
            {
                return null;
            }
        }

        return numbers;
    }

    private static bool TryNumber(JsonElement item, out double number)
    {
        number = double.NaN;
        switch (item.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Number:
                return item.TryGetDouble(out number);
            case JsonValueKind.String:
                number = item.GetString() switch
                {
                    "-0" => -0.0,
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    _ => double.NaN,
                };
                return !double.IsNaN(number);
            default:
                return false;
        }
    }

    private static uint[][]? IdsOf(JsonElement parent)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty("ids", out JsonElement columns)
            || columns.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var ids = new List<uint[]>();
        foreach (JsonElement column in columns.EnumerateArray())
        {
            if (column.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var list = new List<uint>();
            foreach (JsonElement item in column.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetUInt32(out uint id))
                {
                    return null;
                }

                list.Add(id);
            }

            ids.Add([.. list]);
        }

        return [.. ids];
    }
}
