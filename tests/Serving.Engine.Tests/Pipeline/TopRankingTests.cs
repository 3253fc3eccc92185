using CsCheck;
using Serving.Engine.Pipeline;
using Xunit;

namespace Serving.Engine.Tests.Pipeline;

public sealed class TopRankingTests
{
    [Fact]
    public void BestFirst_AnyScores_EqualsAStableSort()
    {
        Gen<double[]> rounded = Gen.Double[-3, 3].Select(score => Math.Round(score)).Array[0, 60];
        Gen.Select(rounded, Gen.Int[0, 70]).Sample((scores, k) =>
        {
            int[] expected =
            [
                .. Enumerable.Range(0, scores.Length).OrderByDescending(row => scores[row]).ThenBy(row => row).Take(k),
            ];
            int[] order = new int[scores.Length];
            int count = TopRanking.BestFirst(scores, 1, scores.Length, Math.Min(k, scores.Length), order);
            Assert.Equal(expected, order.AsSpan(0, count).ToArray());
        });
    }
}
