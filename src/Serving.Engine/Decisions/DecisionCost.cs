namespace Serving.Engine.Decisions;

/// <summary>What a decision costs, as expressions of the script's language.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Positive">Cost where the request is what the score is the probability of.</param>
/// <param name="Negative">Cost where it is not.</param>
internal sealed record DecisionCost(Decision Decision, string Positive, string Negative);
