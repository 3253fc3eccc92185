using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Tests.Workers;

public sealed class WorkerOptionsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 100)]
    [InlineData(3, 200)]
    [InlineData(6, 1600)]
    [InlineData(12, 30_000)]
    [InlineData(1_000_000, 30_000)]
    public void DelayAfter_WorkersThatNeverAnswered_DoublesUpToABound(int dead, int milliseconds) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds), new WorkerOptions { Program = "none" }.DelayAfter(dead));
}
