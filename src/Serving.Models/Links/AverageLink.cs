namespace Serving.Models.Links;

/// <summary>
/// Divides by the number of iterations before another link: LightGBM's <c>average_output</c>, whose raw score is the
/// plain sum (measured against LightGBM 4.7).
/// </summary>
internal sealed class AverageLink(ScoreLink inner, int iterations) : ScoreLink
{
    public override string Name => inner.Name;

    public override int ScoreCount(int outputCount) => inner.ScoreCount(outputCount);

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = rawScores[i] / iterations;
        }

        inner.Apply(scores[..rawScores.Length], outputCount, scores);
    }
}
