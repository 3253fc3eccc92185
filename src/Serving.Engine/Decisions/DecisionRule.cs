namespace Serving.Engine.Decisions;

/// <summary>A rule: the first one whose condition is true decides.</summary>
/// <param name="When">Condition, an expression of the script's language.</param>
/// <param name="Decision">What it decides.</param>
/// <param name="Reason">Its code, or null.</param>
internal sealed record DecisionRule(string When, Decision Decision, string? Reason);
