using System.Collections.Immutable;
using Serving.Models.Import.Documents;

namespace Serving.Models.Import.XGBoost;

/// <summary>What a model says of itself outside of its booster. Immutable.</summary>
internal sealed class XGBoostHead
{
    /// <summary>Features at most; the tool's own limit is 2^31.</summary>
    private const int FeaturesMax = 10_000_000;

    private XGBoostHead(
        string version,
        XGBoostObjective objective,
        ImmutableArray<ModelFeature> features,
        bool hasDefaultNames,
        ImmutableArray<double> baseScores)
    {
        Version = version;
        Objective = objective;
        Features = features;
        HasDefaultNames = hasDefaultNames;
        BaseScores = baseScores;
    }

    public string Version { get; }

    public XGBoostObjective Objective { get; }

    public ImmutableArray<ModelFeature> Features { get; }

    public bool HasDefaultNames { get; }

    /// <summary>Margins that sums start from [outputs].</summary>
    public ImmutableArray<double> BaseScores { get; }

    public int OutputCount => BaseScores.Length;

    /// <summary>Reads the head.</summary>
    /// <param name="root">The document.</param>
    /// <param name="featuresMin">Features that the bytes of the model can describe: a declared number needs names or
    /// is bounded by what splits use, so it costs no more than this.</param>
    public static XGBoostHead Read(DocumentNode root, int featuresMin)
    {
        DocumentNode learner = root.Get("learner", "model");
        (string version, int major) = ReadVersion(root);
        string objectiveName = learner.Get("objective", "learner").Get("name", "objective").AsText("objective.name");
        XGBoostObjective objective = XGBoostObjective.Find(objectiveName, major) ?? throw ImportProblem.Of(
            "objective.name", objectiveName, "an objective of XGBoost", "a custom objective is saved as its base");
        DocumentNode parameters = learner.Get("learner_model_param", "learner");
        int featureCount = parameters.Get("num_feature", "learner_model_param")
            .AsInt("num_feature", 0, Math.Min(FeaturesMax, featuresMin));
        int classes = parameters.Find("num_class", "learner_model_param")?.AsInt("num_class", 0, 1_000_000) ?? 0;
        int targets = parameters.Find("num_target", "learner_model_param")?.AsInt("num_target", 0, 1_000_000) ?? 1;
        int outputs = Math.Max(Math.Max(classes, targets), 1);
        (ImmutableArray<ModelFeature> features, bool hasDefaultNames) = ReadFeatures(learner, featureCount);
        ImmutableArray<double> baseScores = ReadBaseScores(parameters, objective, outputs);
        return new XGBoostHead(version, objective, features, hasDefaultNames, baseScores);
    }

    private static (string Text, int Major) ReadVersion(DocumentNode root)
    {
        if (root.Find("version", "model") is not { } version)
        {
            return ("", 1);
        }

        double[] numbers = version.AsNumbers("version");
        return numbers.Length == 3 && Array.TrueForAll(numbers, number => number is >= 0 and < 1000)
            ? (string.Join('.', numbers), (int)numbers[0])
            : throw ImportProblem.Of("version", $"{numbers.Length} numbers", "three numbers");
    }

    private static (ImmutableArray<ModelFeature> Features, bool AreDefault) ReadFeatures(
        DocumentNode learner, int featureCount)
    {
        string[] names = ReadTexts(learner, "feature_names", featureCount);
        string[] types = ReadTexts(learner, "feature_types", featureCount);
        ImmutableArray<ModelFeature>.Builder features = ImmutableArray.CreateBuilder<ModelFeature>(featureCount);
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < featureCount; i++)
        {
            string name = names.Length > 0 ? names[i] : $"f{i}";
            if (!seen.Add(name))
            {
                throw ImportProblem.Of("feature_names", $"\"{name}\" a second time", "names that differ");
            }

            features.Add(new ModelFeature(name, types.Length > 0 && types[i] == "c" ? "category" : "number", []));
        }

        return (features.MoveToImmutable(), names.Length == 0 || DefaultNames.Are(names));
    }

    private static string[] ReadTexts(DocumentNode learner, string name, int count)
    {
        if (learner.Find(name, "learner") is not { Kind: not DocumentKind.Null } list)
        {
            return [];
        }

        string[] texts = [.. list.AsList(name).Select(item => item.AsText(name))];
        return texts.Length == 0 || texts.Length == count
            ? texts
            : throw ImportProblem.Of(name, $"{texts.Length} texts", $"{count}, as num_feature says");
    }

    /// <summary>One number, or since 3.1 the text of an array with a number per output.</summary>
    private static ImmutableArray<double> ReadBaseScores(
        DocumentNode parameters, XGBoostObjective objective, int outputs)
    {
        const string place = "base_score";
        DocumentNode stated = parameters.Get(place, "learner_model_param");
        string text = stated.Kind == DocumentKind.Number ? "" : stated.AsText(place).Trim();
        string[] parts = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1].Split(',') : [text];
        if (parts.Length != 1 && parts.Length != outputs)
        {
            throw ImportProblem.Of(place, $"{parts.Length} numbers", $"1 or {outputs}");
        }

        ImmutableArray<double>.Builder margins = ImmutableArray.CreateBuilder<double>(outputs);
        for (int k = 0; k < outputs; k++)
        {
            float value = stated.Kind == DocumentKind.Number
                ? (float)stated.AsNumber(place)
                : ParseNumber(parts[parts.Length == 1 ? 0 : k], place);
            margins.Add(float.IsFinite(value)
                ? objective.MarginOf(value, place)
                : throw ImportProblem.Of(place, value.ToString(), "a finite number"));
        }

        return margins.MoveToImmutable();
    }

    private static float ParseNumber(string text, string place) =>
        float.TryParse(text, out float value) ? value : throw ImportProblem.Of(place, $"\"{text}\"", "a number");
}
