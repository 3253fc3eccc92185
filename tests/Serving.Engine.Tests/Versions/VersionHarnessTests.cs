using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Versions;

public sealed class VersionHarnessTests
{
    [Theory]
    [InlineData(VersionState.Warming)]
    [InlineData(VersionState.Ready)]
    [InlineData(VersionState.Draining)]
    [InlineData(VersionState.Retired)]
    [InlineData(VersionState.New)]
    public void MoveTo_WithoutTheStatesBetween_IsAFaultOfOurs(VersionState next)
    {
        var harness = new VersionHarness(new BundleLocation("m", 1, "", default, default), TimeProvider.System);
        Assert.Throws<InvalidOperationException>(() => harness.MoveTo(next));
        Assert.Equal(VersionState.New, harness.State);
    }

    [Fact]
    public void MoveTo_Failed_KeepsTheReason()
    {
        var harness = new VersionHarness(new BundleLocation("m", 1, "", default, default), TimeProvider.System);
        harness.MoveTo(VersionState.Loading);
        harness.MoveTo(VersionState.Failed, "why");
        Assert.Equal((VersionState.Failed, "why"), (harness.Status.State, harness.Status.Reason));
        Assert.Throws<InvalidOperationException>(() => harness.MoveTo(VersionState.Loading));
    }
}
