namespace Serving.Models.Links;

/// <summary>The number of the greatest output, the first of equals: XGBoost's multi:softmax.</summary>
internal sealed class ArgMaxLink : ScoreLink
{
    public static ArgMaxLink Instance { get; } = new();

    public override string Name => "argmax";

    public override int ScoreCount(int outputCount) => 1;

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        int row = 0;
        for (int start = 0; start < rawScores.Length; start += outputCount)
        {
            ReadOnlySpan<double> values = rawScores.Slice(start, outputCount);
            int best = 0;
            for (int k = 1; k < values.Length; k++)
            {
                best = values[k] > values[best] ? k : best;
            }

            // Scores may be the memory of the raw scores: row r is written after its own outputs were read.
            scores[row++] = best;
        }
    }
}
