using Serving.Cli.Tests.Running;
using Serving.Testing;

namespace Serving.Cli.Tests.Commands;

/// <summary>The demonstration and the health check, against real servers on free ports.</summary>
public sealed class DemoCommandTests
{
    [Fact]
    public async Task Canary_OnceJson_PromotesTheBetterAndRollsTheBrokenVersionBack()
    {
        CommandRun run = (await RunAsync("--canary", "--once", "--json")).Expect(0);
        Assert.Equal(
            [(2, "promoted", null), (3, "rolled_back", "drift")],
            run.Json.GetProperty("canary").EnumerateArray().Select(version => (
                version.GetProperty("version").GetInt32(),
                version.GetProperty("result").GetString(),
                version.GetProperty("gate").GetString())));
        Assert.True(run.Json.GetProperty("requests").GetInt32() >= 2000);
    }

    [Theory]
    [InlineData("card-fraud")]
    [InlineData("card-mlp")]
    public async Task Once_Json_PrintsOneDocument(string model)
    {
        CommandRun run = (await RunAsync(
            "--model", model, "--once", "--json", "--requests", "40", "--rate", "400")).Expect(0);
        Assert.Equal(40, run.Json.GetProperty("requests").GetInt32());
        Assert.Equal(0, run.Json.GetProperty("errors").GetInt32());
        Assert.True(run.Json.GetProperty("p99_ms").GetDouble() >= run.Json.GetProperty("p50_ms").GetDouble());
    }

    [Fact]
    public async Task Model_LibraryThatIsNotThere_EndsWithHowToGetIt()
    {
        CommandRun run = await RunAsync(
            "--model", "feed-wide-deep", "--once", "--tensorflow-library", "/nowhere/libtensorflow_cc.so.2");
        run.Expect(4, "/nowhere/libtensorflow_cc.so.2", "tensorflow-cpu 2.15 wheel", "SERVING_TENSORFLOW_LIBRARY");
        Assert.Empty(run.Out);
    }

    // The samples are taken from the working directory, as a person in a checkout has them.
    private static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = SharedFiles.Repository;
        try
        {
            return await CommandRun.OfAsync(["demo", .. arguments]);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
