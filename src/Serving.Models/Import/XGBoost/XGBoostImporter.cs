using System.Collections.Immutable;
using Serving.Models.Import.Documents;
using Serving.Models.Linear;
using Serving.Models.Trees;

namespace Serving.Models.Import.XGBoost;

/// <summary>Reads XGBoost's JSON and UBJSON models, 1.x to 3.x: gbtree, dart and gblinear.</summary>
internal static class XGBoostImporter
{
    /// <summary>Bytes per feature at least: a model's text cannot describe more features than it has bytes, except by
    /// a bare number, which is bounded by this many features.</summary>
    private const int UnnamedFeaturesMax = 1_000_000;

    /// <summary>Reads a model.</summary>
    /// <param name="format">Which of the two formats.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="Data.InputException">The bytes are no such model, or a broken one.</exception>
    public static ScoringModel Read(ModelFormat format, ReadOnlySpan<byte> bytes)
    {
        DocumentNode root = format == ModelFormat.XGBoostUbj
            ? UbjDocumentReader.Read(bytes)
            : JsonDocumentReader.Read(bytes, takesBareWords: true);
        XGBoostHead head = XGBoostHead.Read(root, Math.Max(bytes.Length, UnnamedFeaturesMax));
        DocumentNode learner = root.Get("learner", "model");
        DocumentNode booster = learner.Get("gradient_booster", "learner");
        string name = booster.Get("name", "gradient_booster").AsText("gradient_booster.name");
        List<string> notCarried = NotCarriedOver(learner);
        return name switch
        {
            "gbtree" => ReadTrees(format, head, booster, null, notCarried),
            "dart" => ReadTrees(
                format, head, booster.Get("gbtree", "dart"), booster.Get("weight_drop", "dart"), notCarried),
            "gblinear" => ReadLinear(format, head, booster.Get("model", "gblinear"), notCarried),
            _ => throw ImportProblem.Of("gradient_booster.name", name, "gbtree, dart or gblinear"),
        };
    }

    private static TreeEnsemble ReadTrees(
        ModelFormat format, XGBoostHead head, DocumentNode booster, DocumentNode? weights, List<string> notCarried)
    {
        DocumentNode model = booster.Get("model", "gradient_booster");
        IReadOnlyList<DocumentNode> trees = model.Get("trees", "model").AsList("trees");
        double[] outputs = model.Get("tree_info", "model").AsNumbers("tree_info");
        CheckCounts(model, trees.Count, outputs.Length);
        TreeEnsembleBuilder builder = new(ForestRules.XGBoost, head.Features.Length, head.OutputCount);
        double[]? factors = weights?.AsNumbers("weight_drop");
        if (factors is not null && factors.Length != trees.Count)
        {
            throw ImportProblem.Of("weight_drop", $"{factors.Length} numbers", $"{trees.Count}, one per tree");
        }

        for (int tree = 0; tree < trees.Count; tree++)
        {
            int output = outputs[tree] is >= 0 and < int.MaxValue ? (int)outputs[tree] : -1;
            float factor = factors is null ? 1 : (float)factors[tree];
            XGBoostTreeReader.Read(builder, trees[tree], tree, output, head.OutputCount, factor);
        }

        (ImmutableArray<ModelFeature> features, string remark) = XGBoostCategories.Read(model, head.Features);
        if (remark.Length > 0)
        {
            notCarried.Add(remark);
        }

        return new TreeEnsemble(
            IdentityOf(format, head, notCarried),
            features,
            head.HasDefaultNames,
            builder.Build(head.BaseScores),
            head.Objective.Link);
    }

    private static void CheckCounts(DocumentNode model, int trees, int outputs)
    {
        int declared = model.Get("gbtree_model_param", "model").Get("num_trees", "gbtree_model_param")
            .AsInt("num_trees", 0, int.MaxValue);
        if (declared != trees)
        {
            throw ImportProblem.Of("trees", $"{trees} trees", $"{declared}, as num_trees says");
        }

        if (outputs != trees)
        {
            throw ImportProblem.Of("tree_info", $"{outputs} numbers", $"{trees}, one per tree");
        }
    }

    private static BoosterLinearModel ReadLinear(
        ModelFormat format, XGBoostHead head, DocumentNode model, List<string> notCarried)
    {
        double[] weights = model.Get("weights", "gblinear").AsNumbers("weights");
        long expected = (head.Features.Length + 1L) * head.OutputCount;
        if (weights.Length != expected)
        {
            throw ImportProblem.Of("weights", $"{weights.Length} numbers", $"{expected}: (features + 1) x outputs");
        }

        // A linear booster starts every output from the first base score (seen with 3.2, where outputs have their own).
        float margin = (float)head.BaseScores[0];
        float[] singles = [.. weights.Select(weight => (float)weight)];
        int wrong = Array.FindIndex(singles, weight => !float.IsFinite(weight));
        return wrong < 0
            ? new BoosterLinearModel(
                IdentityOf(format, head, notCarried),
                head.Features,
                head.HasDefaultNames,
                head.Objective.Link,
                [.. Enumerable.Repeat(margin, head.OutputCount)],
                singles)
            : throw ImportProblem.Of($"weights, number {wrong}", singles[wrong].ToString(), "finite numbers");
    }

    private static List<string> NotCarriedOver(DocumentNode learner)
    {
        List<string> remarks = [];
        if (learner.Find("attributes", "learner") is { Kind: DocumentKind.Object } attributes && attributes.Names.Any())
        {
            remarks.Add($"attributes {string.Join(", ", attributes.Names.Take(20))}: prediction uses all trees");
        }

        return remarks;
    }

    private static ModelIdentity IdentityOf(ModelFormat format, XGBoostHead head, List<string> notCarried) =>
        new(format, "xgboost", head.Version, head.Objective.Name, [.. notCarried]);
}
