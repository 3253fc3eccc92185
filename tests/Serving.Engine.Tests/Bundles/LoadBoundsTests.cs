using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

public sealed class LoadBoundsTests
{
    [Fact]
    public void Admits_WhatIsTooLarge_IsRefusedWithNumbers()
    {
        var problems = new BundleProblems();

        Assert.True(LoadBounds.None.Admits(long.MaxValue / 4, problems));
        Assert.True(new LoadBounds(LoadBounds.NeedOf(1 << 20), null).Admits(1 << 20, problems));
        Assert.Equal(0, problems.Count);
        Assert.False(new LoadBounds(LoadBounds.NeedOf(1 << 20) - 1, null).Admits(1 << 20, problems));
        Assert.Contains("19 MiB to load 1 MiB of files", problems.ToException().Message, StringComparison.Ordinal);
    }

    // The process holds more than a megabyte already, so nothing may be loaded.
    [Fact]
    public void Poll_AboveTheMemoryLimit_FailsBeforeItReads()
    {
        using var folder = new BundleFolder();
        folder.Publish("m");
        var models = new FakeModelReader();
        var options = new EngineOptions { ModelsFolder = folder.Models, LoadInline = true, MemoryLimitBytes = 1 << 20 };
        using var engine = new InferenceEngine(options, TimeProvider.System, models);
        engine.Poll();

        Assert.Equal(VersionState.Failed, engine.Versions.Single().State);
        Assert.Contains("memory-limit", engine.Versions.Single().Reason, StringComparison.Ordinal);
        Assert.Empty(models.Niceness);
    }
}
