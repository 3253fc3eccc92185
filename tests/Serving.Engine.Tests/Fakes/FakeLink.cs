using Serving.Models;

namespace Serving.Engine.Tests.Fakes;

/// <summary>raw / (1 + |raw|): monotone, and a score that tells it from its raw score.</summary>
internal sealed class FakeLink : ScoreLink
{
    public override string Name => "fake";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int index = 0; index < rawScores.Length; index++)
        {
            scores[index] = rawScores[index] / (1 + Math.Abs(rawScores[index]));
        }
    }
}
