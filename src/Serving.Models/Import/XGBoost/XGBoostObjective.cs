using Serving.Data.Numerics;
using Serving.Models.Links;

namespace Serving.Models.Import.XGBoost;

/// <summary>
/// XGBoost's objectives: how <c>base_score</c> becomes the margin that sums start from, and what <c>predict</c> makes
/// of a margin. Immutable. Source: dmlc/xgboost, src/objective (1.7 to 3.2), and the outputs of the tool itself.
/// </summary>
internal sealed record XGBoostObjective(string Name, ScoreLink Link, BaseScoreKind BaseScore)
{
    private static readonly ScoreLink Identity = new SingleLink(IdentityLink.Instance);
    private static readonly ScoreLink Exp = new SingleLink(ExpLink.Instance);
    private static readonly ScoreLink Logit = new SingleLink(LogitLink.Instance);
    private static readonly ScoreLink Softmax = new SingleLink(SoftmaxLink.Instance);

    /// <summary>
    /// The objective of a name, or null; objectives written in Python are stored by the name of their base.
    /// </summary>
    /// <param name="name">Name in the model.</param>
    /// <param name="majorVersion">Major version of the tool.</param>
    public static XGBoostObjective? Find(string name, int majorVersion) => name switch
    {
        "reg:squarederror" or "reg:linear" or "reg:squaredlogerror" or "reg:pseudohubererror" or "reg:absoluteerror"
            or "reg:quantileerror" or "reg:expectileerror" or "rank:pairwise" or "rank:ndcg" or "rank:map"
            => new(name, Identity, BaseScoreKind.Margin),

        // Version 1 inherited the logistic base score; since base scores are estimated it is a margin.
        "binary:logitraw" => new(name, Identity, majorVersion < 2 ? BaseScoreKind.Probability : BaseScoreKind.Margin),
        "reg:logistic" or "binary:logistic" => new(name, Logit, BaseScoreKind.Probability),
        "binary:hinge" => new(name, StepLink.Instance, BaseScoreKind.Margin),
        "count:poisson" or "reg:gamma" or "reg:tweedie" or "survival:cox" or "survival:aft"
            => new(name, Exp, BaseScoreKind.Mean),
        "multi:softprob" => new(name, Softmax, BaseScoreKind.Margin),
        "multi:softmax" => new(name, ArgMaxLink.Instance, BaseScoreKind.Margin),
        _ => null,
    };

    /// <summary>The margin of a base score, in binary32 as the tool computes it.</summary>
    /// <param name="baseScore">As the model states it.</param>
    /// <param name="place">Name of the place in messages.</param>
    public float MarginOf(float baseScore, string place)
    {
        switch (BaseScore)
        {
            case BaseScoreKind.Probability:
                if (baseScore is not (>= 0 and <= 1))
                {
                    throw ImportProblem.Of(place, baseScore.ToString(), $"a probability, for {Name}");
                }

                // 3.1 and later take the degenerate 0 and 1 of data with one class, bounded by 1e-6.
                float bounded = Math.Clamp(baseScore, 1e-6f, 1.0f - 1e-6f);
                return -(float)PortableMath.Log((1.0f / bounded) - 1.0f);
            case BaseScoreKind.Mean:
                return baseScore > 0
                    ? (float)PortableMath.Log(baseScore)
                    : throw ImportProblem.Of(place, baseScore.ToString(), $"a number above 0, for {Name}");
            default:
                return baseScore;
        }
    }
}
