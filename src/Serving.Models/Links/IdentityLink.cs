namespace Serving.Models.Links;

/// <summary>Scores are the raw scores.</summary>
internal sealed class IdentityLink : ScoreLink
{
    public static IdentityLink Instance { get; } = new();

    public override string Name => "identity";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores) =>
        rawScores.CopyTo(scores);
}
