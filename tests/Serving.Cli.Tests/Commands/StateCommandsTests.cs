using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.Commands;

public sealed class StateCommandsTests
{
    private const string Script = """
        features w 1;
        request txn { id: string; at: time; card: string; } id id, time at, late 10m;
        window card = txn by card last 1h;
        feature n = count() over card;
        """;

    // Port 1: nobody listens there. A command that saw nothing of a store must not say that all is well.
    [Theory]
    [InlineData("verify")]
    [InlineData("compact --script w.feat")]
    [InlineData("dump --script w.feat --event txn --key card=c1")]
    [InlineData("backfill --script w.feat --data txn=txn.csv --until 2026-01-01T00:00:00Z")]
    public async Task State_RedisThatIsDown_EndsWithFour(string command)
    {
        using WorkFolder folder = new();
        folder.Write("w.feat", Script);
        folder.Write("txn.csv", "id,at,card\na,2025-01-01T00:00:00Z,c1\n");
        string[] arguments =
            [.. command.Split(' ').Select(word => word.Replace("w.feat", folder["w.feat"], StringComparison.Ordinal)
                .Replace("txn.csv", folder["txn.csv"], StringComparison.Ordinal))];
        CommandRun run = await CommandRun.OfAsync(["state", .. arguments, "--state", "redis://127.0.0.1:1"]);
        run.Expect(4, "does not answer");
    }
}
