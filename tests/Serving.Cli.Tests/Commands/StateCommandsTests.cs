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

    [Fact]
    public async Task Dump_AnotherVersionsScript_SaysWhyNothingIsThere()
    {
        using WorkFolder folder = new();
        folder.Write("w.feat", Script);
        folder.Write("other.feat", Script + "\nfeature s = max(at) over card -> hash(8);\n");
        folder.Write("txn.csv", "id,at,card\na,2025-01-01T00:00:00Z,c1\n");
        await CommandRun.DoneAsync(
            "state", "backfill", "--state", folder["st"], "--script", folder["w.feat"],
            "--data", "txn=" + folder["txn.csv"], "--until", "2026-01-01T00:00:00Z");
        CommandRun own = await DumpAsync(folder, "w.feat");
        Assert.Contains("present: true", own.Out, StringComparison.Ordinal);
        Assert.Equal("", own.Error);
        CommandRun other = await DumpAsync(folder, "other.feat");
        Assert.Contains("present: false", other.Out, StringComparison.Ordinal);
        Assert.Contains("note: no script of this folder", other.Error, StringComparison.Ordinal);
    }

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

    private static Task<CommandRun> DumpAsync(WorkFolder folder, string script) => CommandRun.DoneAsync(
        "state", "dump", "--state", folder["st"], "--script", folder[script], "--event", "txn", "--key", "card=c1");
}
