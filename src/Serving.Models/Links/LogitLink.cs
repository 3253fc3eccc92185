using Serving.Data.Numerics;

namespace Serving.Models.Links;

/// <summary>1 / (1 + exp(-scale raw)): a probability per output.</summary>
internal sealed class LogitLink(double scale) : ScoreLink
{
    public static LogitLink Instance { get; } = new(1);

    public override string Name => "logit";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = 1.0 / (1.0 + PortableMath.Exp(-scale * rawScores[i]));
        }
    }
}
