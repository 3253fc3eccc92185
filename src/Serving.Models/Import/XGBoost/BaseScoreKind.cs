namespace Serving.Models.Import.XGBoost;

/// <summary>What a model's base_score is.</summary>
internal enum BaseScoreKind
{
    /// <summary>The margin itself.</summary>
    Margin = 0,

    /// <summary>A probability; the margin is its logit.</summary>
    Probability,

    /// <summary>A mean; the margin is its logarithm.</summary>
    Mean,
}
