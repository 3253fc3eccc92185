namespace Serving.Models.Links;

/// <summary>sign(raw) raw^2: undoes LightGBM's reg_sqrt.</summary>
internal sealed class SignedSquareLink : ScoreLink
{
    public static SignedSquareLink Instance { get; } = new();

    public override string Name => "signed-square";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int i = 0; i < rawScores.Length; i++)
        {
            scores[i] = Math.CopySign(rawScores[i] * rawScores[i], rawScores[i]);
        }
    }
}
