using Serving.Cli.Tests.Running;
using Serving.Server.Hosting;

namespace Serving.Cli.Tests.Commands;

public sealed class HealthCommandTests
{
    [Fact]
    public async Task Health_ReadyAndAbsentServer_GivesZeroAndFour()
    {
        using WorkFolder folder = new();
        await SmallModel.PackAsync(folder);
        Uri address;
        await using (ServerHost host = await TestHost.StartAsync(folder["models"]))
        {
            address = host.HttpAddress;
            CommandRun run = await CommandRun.DoneAsync("health", "--url", address.ToString());
            Assert.Equal("ready\n", run.Out);
        }

        (await CommandRun.OfAsync("health", "--url", address.ToString())).Expect(4, "error: ");
    }
}
