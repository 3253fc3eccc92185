using Serving.Data;
using Serving.Engine.Pipeline;
using Xunit;

namespace Serving.Engine.Tests.Fakes;

/// <summary>An engine over a folder of fake models, loading inside Poll.</summary>
public abstract class EngineTest : IDisposable
{
    private protected EngineTest()
    {
        Directory.CreateDirectory(Folder.Models);
        Engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = Folder.Models, LoadInline = true },
            TimeProvider.System,
            new FakeModelReader());
    }

    private protected BundleFolder Folder { get; } = new();

    private protected InferenceEngine Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        Folder.Dispose();
    }

    private protected ScoringContext Rent(string model, long version = 0)
    {
        Assert.Equal(ErrorCode.None, Engine.Rent(model, version, out ScoringContext? context));
        return context!;
    }

    private protected long Served(long version = 0)
    {
        using ScoringContext context = Rent("m", version);
        return context.Version;
    }

    private protected string[] States() => [.. Engine.Versions.Select(status => status.State.ToString())];
}
