using Serving.Engine.Routing;
using Xunit;

namespace Serving.Engine.Tests.Routing;

public sealed class TrafficSplitTests
{
    [Fact]
    public void Deal_CanaryLowestThenGreatestDownThenStable()
    {
        var split = TrafficSplit.Deal(
            new Dictionary<long, int> { [5] = 8000, [6] = 500, [7] = 1400, [9] = 100 }, canary: 9, stable: 5);

        Assert.Equal([9, 7, 6, 5], split.Versions);
        Assert.Equal(
            [9, 9, 7, 7, 6, 6, 5, 5], new[] { 0, 99, 100, 1499, 1500, 1999, 2000, 9999 }.Select(split.VersionOf));
    }

    [Fact]
    public void VersionOf_BucketThatNobodyWasDealt_IsNone()
    {
        var shadow = TrafficSplit.Deal(new Dictionary<long, int> { [9] = 1000 }, canary: 0, stable: 0);

        Assert.Equal(9, shadow.VersionOf(999));
        Assert.Equal(0, shadow.VersionOf(1000));
    }

    // Issue: a share that grows from 1 to 100 % moves no key back.
    [Fact]
    public void Deal_GrowingCanary_TakesBucketsAndGivesNoneBack()
    {
        int[] bucketsOf = new int[TrafficSplit.Buckets];
        for (int share = 100; share <= TrafficSplit.Buckets; share += 100)
        {
            var split = TrafficSplit.Deal(
                new Dictionary<long, int> { [2] = share, [1] = TrafficSplit.Buckets - share }, canary: 2, stable: 1);
            for (int bucket = 0; bucket < bucketsOf.Length; bucket++)
            {
                int version = (int)split.VersionOf(bucket);
                Assert.True(version >= bucketsOf[bucket]);
                bucketsOf[bucket] = version;
            }
        }

        Assert.All(bucketsOf, version => Assert.Equal(2, version));
    }
}
