namespace Serving.Models.Links;

/// <summary>1 above zero, else 0: XGBoost's binary:hinge.</summary>
internal sealed class StepLink : ScoreLink
{
    public static StepLink Instance { get; } = new();

    public override string Name => "step";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = rawScores[i] > 0 ? 1 : 0;
        }
    }
}
