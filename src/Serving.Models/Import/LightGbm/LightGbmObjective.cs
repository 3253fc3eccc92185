using Serving.Models.Links;

namespace Serving.Models.Import.LightGbm;

/// <summary>
/// LightGBM's objectives: what <c>predict</c> makes of raw scores. Source: microsoft/LightGBM, src/objective, and the
/// outputs of version 4.7.
/// </summary>
internal static class LightGbmObjective
{
    /// <summary>
    /// The link of an objective line, e.g. <c>binary sigmoid:1</c>; an empty line is a custom objective.
    /// </summary>
    /// <param name="line">The line's value.</param>
    /// <param name="outputs">Outputs of the model.</param>
    public static ScoreLink LinkOf(string line, int outputs)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string name = words.Length == 0 ? "custom" : words[0];
        foreach (string word in words.Skip(1))
        {
            CheckOption(word, outputs);
        }

        switch (name)
        {
            case "binary" or "multiclassova" or "multiclass_ova" or "ova" or "ovr":
                return new LogitLink(Option(words, "sigmoid:", 1));
            case "multiclass" or "softmax":
                return SoftmaxLink.Instance;
            case "cross_entropy" or "xentropy":
                return LogitLink.Instance;
            case "cross_entropy_lambda" or "xentlambda":
                return SoftplusLink.Instance;
            case "poisson" or "gamma" or "tweedie":
                return ExpLink.Instance;
            case "regression" or "regression_l2" or "regression_l1" or "huber" or "fair" or "quantile" or "mape":
                return words.Contains("sqrt") ? SignedSquareLink.Instance : IdentityLink.Instance;
            case "lambdarank" or "rank_xendcg" or "custom" or "none" or "null" or "na":
                return IdentityLink.Instance;
            default:
                throw ImportProblem.Of("objective", name, "an objective of LightGBM");
        }
    }

    private static void CheckOption(string word, int outputs)
    {
        const string start = "num_class:";
        if (word.StartsWith(start, StringComparison.Ordinal) && word[start.Length..] != $"{outputs}")
        {
            throw ImportProblem.Of("objective", word, $"num_class:{outputs}, the trees of an iteration");
        }
    }

    private static double Option(string[] words, string start, double otherwise)
    {
        string? word = Array.Find(words, candidate => candidate.StartsWith(start, StringComparison.Ordinal));
        if (word is null)
        {
            return otherwise;
        }

        return double.TryParse(word[start.Length..], out double value) && value > 0 && double.IsFinite(value)
            ? value
            : throw ImportProblem.Of("objective", word, $"{start} and a number above 0");
    }
}
