using Serving.Data.Numerics;

namespace Serving.Models.Links;

/// <summary>exp(raw): means of count, gamma, Tweedie and survival models.</summary>
internal sealed class ExpLink : ScoreLink
{
    public static ExpLink Instance { get; } = new();

    public override string Name => "exp";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = PortableMath.Exp(rawScores[i]);
        }
    }
}
