namespace Serving.Models;

/// <summary>How a scorer is made from a model. Immutable.</summary>
/// <param name="SumMode">Order of sums; the bundle's manifest says which.</param>
/// <param name="Engine">The engine, or <see cref="ScorerEngine.Auto"/>.</param>
public sealed record ScorerOptions(SumMode SumMode = SumMode.Exact, ScorerEngine Engine = ScorerEngine.Auto)
{
    /// <summary>Exact sums by the best engine.</summary>
    public static ScorerOptions Default { get; } = new();
}
