namespace Serving.Cli.Tests.Adult;

public sealed class RankQualityTests
{
    [Theory]
    [InlineData(new[] { 0.1, 0.2, 0.8, 0.9 }, 1.0)]
    [InlineData(new[] { 0.9, 0.8, 0.2, 0.1 }, 0.0)]
    [InlineData(new[] { 0.5, 0.5, 0.5, 0.5 }, 0.5)]
    [InlineData(new[] { 0.1, 0.7, 0.5, 0.9 }, 0.75)]
    public void Auc_KnownOrders_IsTheShareOfPairsInOrder(double[] scores, double expected) =>
        Assert.Equal(expected, RankQuality.Auc(scores, [false, false, true, true]), 12);
}
