using Serving.Models.Links;

namespace Serving.Models.Tests.Links;

public sealed class ScoreLinkTests
{
    [Theory]
    [InlineData("logit", 0, 0.5)]
    [InlineData("logit", -1000, 0)]
    [InlineData("logit", 1000, 1)]
    [InlineData("identity", -3.5, -3.5)]
    [InlineData("exp", 0, 1)]
    public void Apply_NamedLink_MapsTheValue(string name, double raw, double expected)
    {
        double[] scores = [raw];
        ScoreLinks.Find(name)!.Apply(scores, 1, scores);
        Assert.Equal(expected, scores[0]);
    }

    [Fact]
    public void Apply_Softmax_SharesOfGreatScoresSumToOne()
    {
        double[] scores = [1000, 1001, 999, -5, -5, -5];
        SoftmaxLink.Instance.Apply(scores, 3, scores);
        Assert.Equal(1, scores[..3].Sum(), 1e-15);
        Assert.Equal(1.0 / 3, scores[5], 1e-15);
    }

    [Fact]
    public void Apply_ArgMax_GivesTheFirstOfEquals()
    {
        double[] scores = [1, 3, 3, 7, 2, 2];
        ArgMaxLink.Instance.Apply(scores, 3, scores);
        Assert.Equal([1, 0], scores[..2]);
        Assert.Equal(1, ArgMaxLink.Instance.ScoreCount(3));
    }

    [Fact]
    public void Apply_AverageInPlace_DividesBeforeItsLink()
    {
        double[] scores = [6];
        new AverageLink(SignedSquareLink.Instance, 3).Apply(scores, 1, scores);
        Assert.Equal(4, scores[0]);
    }
}
