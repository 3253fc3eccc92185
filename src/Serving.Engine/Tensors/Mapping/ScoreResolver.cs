using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Finds the output of a signature that is the score. Stateless.</summary>
internal static class ScoreResolver
{
    /// <summary>The score, or null after noting why there is none.</summary>
    public static MappedScore? Resolve(
        MappingDocument document, TensorSignature signature, ImmutableArray<InputProblem>.Builder problems)
    {
        int output = OutputOf(document, signature);
        string place = "score" + (document.Output is null ? "" : $", output '{document.Output}'");
        if (output < 0)
        {
            problems.Add(new InputProblem(
                place,
                document.Output is null ? "no output named, and more than one that may be it" : "no such output",
                string.Join(", ", signature.Outputs.Select(spec => spec.ToString())),
                "name it: \"score\": {\"output\": NAME}"));
            return null;
        }

        TensorSpec spec = signature.Outputs[output];
        InputProblem? problem = spec.Kind switch
        {
            TensorKind.Tensor => TensorProblem(place, spec, document),
            TensorKind.MapSequence => MapProblem(place, spec, document),
            _ => new InputProblem(place, spec.TypeText, "a tensor, or a sequence of maps, one for each row"),
        };
        if (problem is not null)
        {
            problems.Add(problem);
            return null;
        }

        return new MappedScore(output, CountOf(spec, document)) { Index = document.Index, Key = document.Key };
    }

    private static int OutputOf(MappingDocument document, TensorSignature signature)
    {
        if (document.Output is { } name)
        {
            return signature.OutputIndex(name);
        }

        if (signature.Outputs.Length == 1)
        {
            return 0;
        }

        int[] floats = [.. Enumerable.Range(0, signature.Outputs.Length)
            .Where(index => TensorTypes.IsFloat(signature.Outputs[index].Type))];
        return floats is [int only] ? only : -1;
    }

    private static InputProblem? TensorProblem(string place, TensorSpec spec, MappingDocument document)
    {
        if (spec.Type == TensorType.Text)
        {
            return new InputProblem(place, spec.TypeText, "an output of numbers");
        }

        if (document.Key is not null)
        {
            return new InputProblem(place, $"a key for {spec.TypeText}", "\"index\", since it is no map");
        }

        if (spec.Shape is not { } shape)
        {
            return null;
        }

        bool isRows = shape.Length > 0 && !shape.Skip(1).SkipLast(1).Any(size => size > 1);
        if (!isRows)
        {
            return new InputProblem(place, spec.TypeText, "[rows] or [rows, scores]");
        }

        long last = shape.Length == 1 ? 1 : shape[^1];
        bool isInside = document.Index is not { } index || last < 0 || index < last;
        bool isCount = document.Count is not { } count || document.Index is not null || last < 0 || count == last;
        return !isInside
            ? new InputProblem(place, $"index {document.Index} of {spec.TypeText}", $"0 to {last - 1}")
            : !isCount
            ? new InputProblem(place, $"count {document.Count} of {spec.TypeText}", $"{last}")
            : last == 0 || last > ushort.MaxValue
            ? new InputProblem(place, spec.TypeText, $"1 to {ushort.MaxValue} scores")
            : null;
    }

    private static InputProblem? MapProblem(string place, TensorSpec spec, MappingDocument document)
    {
        if (document.Key is not { } key)
        {
            return new InputProblem(place, spec.TypeText, "the key of the value that is the score",
                "say it: \"score\": {\"key\": KEY}");
        }

        bool isKey = spec.KeyType == TensorType.Text
            || long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return document.Index is not null ? new InputProblem(place, "an index of a map", "a key alone")
            : spec.Type == TensorType.Text ? new InputProblem(place, spec.TypeText, "a map to numbers")
            : isKey ? null
            : new InputProblem(place, $"key '{key}' of {spec.TypeText}", "a whole number");
    }

    private static int CountOf(TensorSpec spec, MappingDocument document)
    {
        if (document.Index is not null || document.Key is not null)
        {
            return 1;
        }

        long last = spec.Shape is not { } shape ? -1 : shape.Length == 1 ? 1 : shape[^1];
        return last > 0 ? (int)last : document.Count ?? 0;
    }
}
