namespace Serving.Engine.Decisions;

/// <summary>The fixed answer at the foot of the ladder.</summary>
/// <param name="Decision">Its decision.</param>
/// <param name="Score">Its score, which rules without a score give too.</param>
/// <param name="Reason">Its code, or null.</param>
internal sealed record FallbackPolicy(Decision Decision, double Score, string? Reason);
