namespace Serving.Models.Links;

/// <summary>Rounds another link's scores to binary32, as XGBoost returns them.</summary>
internal sealed class SingleLink(ScoreLink inner) : ScoreLink
{
    public override string Name => inner.Name;

    public override int ScoreCount(int outputCount) => inner.ScoreCount(outputCount);

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        inner.Apply(rawScores, outputCount, scores);
        int count = rawScores.Length / outputCount * ScoreCount(outputCount);
        foreach (ref double score in scores[..count])
        {
            score = (float)score;
        }
    }
}
