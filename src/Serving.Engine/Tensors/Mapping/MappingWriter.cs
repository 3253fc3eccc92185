using System.Text.Json.Nodes;
using Serving.Data.Json;
using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Writes a mapping as a bundle holds it: canonical JSON, nothing left to defaults. Stateless.</summary>
internal static class MappingWriter
{
    /// <summary>The bytes of <c>mapping.json</c>.</summary>
    public static byte[] Write(TensorMapping mapping)
    {
        var inputs = new JsonObject();
        foreach (MappedInput input in mapping.Inputs)
        {
            inputs[mapping.Signature.Inputs[input.Index].Name] = NodeOf(input);
        }

        var score = new JsonObject { ["output"] = mapping.Signature.Outputs[mapping.Score.Output].Name };
        if (mapping.Score.Index is { } index)
        {
            score["index"] = index;
        }

        if (mapping.Score.Key is { } key)
        {
            score["key"] = key;
        }

        score["count"] = mapping.Score.Count;
        return CanonicalJson.Write(new JsonObject
        {
            ["signature"] = mapping.Signature.Name,
            ["inputs"] = inputs,
            ["score"] = score,
            ["link"] = mapping.Link.Name,
            ["rows_per_call"] = mapping.RowsPerCall,
        });
    }

    /// <summary>What fills an input, in one line for people.</summary>
    public static string Describe(TensorMapping mapping, MappedInput input)
    {
        TensorSpec spec = mapping.Signature.Inputs[input.Index];
        return $"{spec}: {NodeOf(input).ToJsonString()}";
    }

    private static JsonNode NodeOf(MappedInput input) => input.Fill is { } fill
        ? NodeOf(fill)
        : new JsonObject(input.Example.Select(
            feature => KeyValuePair.Create(feature.Feature.Name, (JsonNode?)NodeOf(feature.Fill))));

    private static JsonNode NodeOf(ColumnFill fill)
    {
        if (fill is { TakesIds: true, Length: 0 } or { IsSingle: true })
        {
            return JsonValue.Create(fill.Columns[0].Text);
        }

        return fill.TakesIds
            ? new JsonObject { ["ids"] = fill.Columns[0].Text, ["length"] = fill.Length, ["pad"] = (long)fill.Pad }
            : new JsonArray([.. fill.Columns.Select(column => (JsonNode?)JsonValue.Create(column.Text))]);
    }
}
