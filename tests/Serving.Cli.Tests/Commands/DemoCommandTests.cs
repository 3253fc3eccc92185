using Serving.Cli.Tests.Running;
using Serving.Testing;

namespace Serving.Cli.Tests.Commands;

/// <summary>The demonstration and the health check, against real servers on free ports.</summary>
public sealed class DemoCommandTests
{
    [Fact]
    public async Task Canary_OnceJson_PromotesTheBetterAndRollsTheBrokenVersionBack()
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = SharedFiles.Repository;
        try
        {
            CommandRun run = await CommandRun.DoneAsync("demo", "--canary", "--once", "--json");
            Assert.Equal(
                [(2, "promoted", null), (3, "rolled_back", "drift")],
                run.Json.GetProperty("canary").EnumerateArray().Select(version => (
                    version.GetProperty("version").GetInt32(),
                    version.GetProperty("result").GetString(),
                    version.GetProperty("gate").GetString())));
            Assert.True(run.Json.GetProperty("requests").GetInt32() >= 2000);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Fact]
    public async Task Once_Json_PrintsOneDocument()
    {
        // The samples are taken from the working directory, as a person in a checkout has them.
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = SharedFiles.Repository;
        try
        {
            CommandRun run = await CommandRun.DoneAsync(
                "demo", "--once", "--json", "--requests", "40", "--rate", "400");
            Assert.Equal(40, run.Json.GetProperty("requests").GetInt32());
            Assert.Equal(0, run.Json.GetProperty("errors").GetInt32());
            Assert.True(run.Json.GetProperty("p99_ms").GetDouble() >= run.Json.GetProperty("p50_ms").GetDouble());
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }
}
