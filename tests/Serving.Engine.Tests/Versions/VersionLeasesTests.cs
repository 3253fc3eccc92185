using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Versions;

public sealed class VersionLeasesTests
{
    [Fact]
    public void Close_WithALease_IsDrainedWhenItIsReleased()
    {
        var leases = new VersionLeases();
        int slot = leases.TryTake();
        leases.Close();
        Assert.False(leases.IsDrained);
        Assert.Equal(-1, leases.TryTake());
        leases.Release(slot);
        Assert.True(leases.IsDrained);
    }

    // Whoever took a lease must never see the version drained while it holds it.
    [Fact]
    public void Close_AmongTakers_NeverLooksDrainedToAHolder()
    {
        for (int round = 0; round < 200; round++)
        {
            var leases = new VersionLeases();
            int violations = 0;
            Thread[] takers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                for (int index = 0; index < 200; index++)
                {
                    int slot = leases.TryTake();
                    if (slot < 0)
                    {
                        return;
                    }

                    if (leases.IsDrained)
                    {
                        Interlocked.Increment(ref violations);
                    }

                    leases.Release(slot);
                }
            }))];
            Array.ForEach(takers, taker => taker.Start());
            leases.Close();
            Array.ForEach(takers, taker => taker.Join());
            Assert.Equal(0, violations);
            Assert.True(leases.IsDrained);
        }
    }
}
