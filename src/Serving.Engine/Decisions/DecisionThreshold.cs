namespace Serving.Engine.Decisions;

/// <summary>A threshold: the greatest one that is at most the score decides.</summary>
/// <param name="From">Least score.</param>
/// <param name="Decision">What it decides.</param>
/// <param name="Reason">Its code, or null.</param>
internal sealed record DecisionThreshold(double From, Decision Decision, string? Reason);
