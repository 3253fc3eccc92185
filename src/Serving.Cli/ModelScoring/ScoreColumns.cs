using System.Collections.Immutable;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Models;

namespace Serving.Cli.ModelScoring;

/// <summary>Which groups of columns <c>model score --output</c> asks for, in the order asked.</summary>
internal sealed record ScoreColumns(ImmutableArray<string> Groups)
{
    public bool HasRaw => Groups.Contains("raw");

    public bool HasPrediction => Groups.Contains("prediction");

    public bool HasLeaf => Groups.Contains("leaf");

    public static ScoreColumns Parse(string list)
    {
        ImmutableArray<string> groups = TableInput.Names(list);
        foreach (string group in groups)
        {
            if (group == "contributions")
            {
                throw new UsageException("--output contributions is not available in this version of Serving");
            }

            if (group is not ("raw" or "prediction" or "leaf"))
            {
                throw new UsageException(
                    $"--output {group}: expected a comma list of raw, prediction, leaf, contributions");
            }
        }

        return groups.IsEmpty
            ? throw new UsageException("--output is empty: expected a comma list of raw, prediction, leaf")
            : new ScoreColumns([.. groups.Distinct()]);
    }

    public void CheckAgainst(ScoringModel model)
    {
        if (HasLeaf && model.LeafCount == 0)
        {
            throw new UsageException("--output leaf: this model has no trees");
        }
    }

    /// <summary>The columns of the output: raw_0 ..., pred_0 ..., leaf_0 ... .</summary>
    public RowSchema SchemaFor(ScoringModel model)
    {
        var number = new FieldType(ValueKind.Float, Optional: true);
        IEnumerable<Field> fields = Groups.SelectMany(group => group switch
        {
            "raw" => Numbered("raw", model.OutputCount, number),
            "prediction" => Numbered("pred", model.Link.ScoreCount(model.OutputCount), number),
            _ => Numbered("leaf", model.LeafCount, new FieldType(ValueKind.Int)),
        });
        return new RowSchema("scores", [.. fields]);
    }

    private static IEnumerable<Field> Numbered(string name, int count, FieldType type) =>
        Enumerable.Range(0, count).Select(index => new Field($"{name}_{index}", type));
}
