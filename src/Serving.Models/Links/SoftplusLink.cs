using Serving.Data.Numerics;

namespace Serving.Models.Links;

/// <summary>log(1 + exp(raw)), as LightGBM's cross_entropy_lambda computes it.</summary>
internal sealed class SoftplusLink : ScoreLink
{
    public static SoftplusLink Instance { get; } = new();

    public override string Name => "log1p-exp";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = PortableMath.Log1p(PortableMath.Exp(rawScores[i]));
        }
    }
}
