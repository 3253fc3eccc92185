using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

public sealed class SimulateCardsCommandTests
{
    [Fact]
    public async Task Cards_SameSeed_WritesTheSameTwoFiles()
    {
        using WorkFolder folder = new();
        string[] simulate =
            [
                "simulate", "cards", "--customers", "20", "--terminals", "30", "--days", "5", "--seed", "7",
                "--json", "--out",
            ];
        CommandRun first = await CommandRun.DoneAsync([.. simulate, folder["a"]]);
        CommandRun second = await CommandRun.DoneAsync([.. simulate, folder["b"]]);
        Assert.Equal(first.Out, second.Out);
        Assert.Equal(folder.Read("a/transactions.csv"), folder.Read("b/transactions.csv"));
        Assert.Equal(folder.Read("a/chargebacks.csv"), folder.Read("b/chargebacks.csv"));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder["a"]).Length);
        Assert.Equal(
            first.Json.GetProperty("payments").GetInt32() + 1,
            folder.Read("a/transactions.csv").Count(character => character == '\n'));
    }
}
