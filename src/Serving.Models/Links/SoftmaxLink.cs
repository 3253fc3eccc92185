using Serving.Data.Numerics;

namespace Serving.Models.Links;

/// <summary>exp(raw) as shares of their sum over the row's outputs.</summary>
internal sealed class SoftmaxLink : ScoreLink
{
    public static SoftmaxLink Instance { get; } = new();

    public override string Name => "softmax";

    public override void Apply(ReadOnlySpan<double> rawScores, int outputCount, Span<double> scores)
    {
        for (int start = 0; start < rawScores.Length; start += outputCount)
        {
            ApplyRow(rawScores.Slice(start, outputCount), scores.Slice(start, outputCount));
        }
    }

    private static void ApplyRow(ReadOnlySpan<double> row, Span<double> shares)
    {
        double greatest = row[0];
        foreach (double value in row)
        {
            greatest = value > greatest ? value : greatest;
        }

        double sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            shares[i] = PortableMath.Exp(row[i] - greatest);
            sum += shares[i];
        }

        foreach (ref double share in shares)
        {
            share /= sum;
        }
    }
}
