using Serving.EndToEnd.Tests.Fixtures;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>The sample models are what their script makes.</summary>
public sealed class SampleModelTests
{
    private static readonly TimeSpan s_making = TimeSpan.FromMinutes(60);

    /// <summary>
    /// models-sample/make runs from nothing; features, statistics and samples come out byte for byte as they are stored
    /// (trained weights may differ in their last bits between versions of the learners).
    /// </summary>
    [Fact]
    [Trait("Category", "Nightly")]
    public async Task Make_FromNothing_GivesTheStoredSamples()
    {
        Assert.SkipWhen(!File.Exists("/usr/lib/x86_64-linux-gnu/libxgboost.so.0"), "libxgboost0 is not installed");
        const string Learner = "/usr/lib/python3/dist-packages/sklearn";
        Assert.SkipWhen(!Directory.Exists(Learner), "python3-sklearn is not installed");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-samples-");
        try
        {
            (int code, string output) = await TestTools.RunAsync(
                "bash", ["-c", $"OUT='{folder.FullName}' bash models-sample/make"], s_making, SharedFiles.Repository);

            Assert.True(code == 0, output);
            foreach (string file in Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories)
                .Where(path => Path.GetFileName(path) is "script.feat" or "statistics.json" or "samples.jsonl"))
            {
                string stored = Path.Combine(
                    SharedFiles.Repository, "models-sample", Path.GetRelativePath(folder.FullName, file));
                Assert.Equal(await File.ReadAllBytesAsync(stored), await File.ReadAllBytesAsync(file));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
