using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.CommandLine;

/// <summary>Files of several events: which are needed, stdin, disorder, and what is left behind.</summary>
public sealed class EventFilesTests
{
    private const string Script = """
        features t 1 zone "UTC";
        request txn { id: int; at: time; card: string; amount: decimal(2); } id id, time at;
        event back { id: int; at: time; card: string?; } id id, time at, lag 1h, late 2h;
        event other { id: int; at: time; } id id, time at, lag 1h;
        window card = txn by card last 1d;
        window back = back by card last 7d;
        feature n = count() over card;
        feature total = sum(amount) over card;
        feature backs = count() over back;
        """;

    private const string Payments = """
        id,at,card,amount,note
        1,2026-03-01T10:00:00Z,a,1.50,first
        2,2026-03-01T11:00:00Z,a,2.00,second
        3,2026-03-01T11:30:00Z,b,4.25,third
        4,2026-03-01T12:00:00Z,a,8.00,fourth

        """;

    private const string Backs = """
        id,at,card
        1,2026-03-01T10:00:00Z,a
        2,2026-03-01T10:59:00Z,
        3,2026-03-01T11:01:00Z,a

        """;

    private const string Expected = """
        id,n,total,backs,note
        1,0,0.00,0,first
        2,1,1.50,1,second
        3,0,0.00,0,third
        4,2,3.50,1,fourth

        """;

    [Fact]
    public async Task Run_OrderedAndReversedFiles_GiveTheSameRowsInFileOrderAndLeaveNothing()
    {
        using WorkFolder folder = new();
        string[] run = Run(folder, Payments, Backs);
        await CommandRun.DoneAsync([.. run, "--out", folder["out.csv"]]);
        Assert.Equal(Expected, folder.Read("out.csv"));

        string[] reversed = Run(folder, Reversed(Payments), Reversed(Backs));
        await CommandRun.DoneAsync([.. reversed, "--memory", "64B", "--out", folder["reversed.csv"]]);
        Assert.Equal(Reversed(Expected), folder.Read("reversed.csv"));
        CommandRun piped = await CommandRun.DoneAsync([.. reversed, "--out", "-"]);
        Assert.Equal(Reversed(Expected), piped.Out);
        Assert.Equal(["back.csv", "out.csv", "reversed.csv", "t.feat", "txn.csv"], folder.Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_RequestsFromStdin_GivesTheSameRows(bool isReversed)
    {
        using WorkFolder folder = new();
        Run(folder, Payments, Backs);
        CommandRun run = await CommandRun.WithInputAsync(
            isReversed ? Reversed(Payments) : Payments,
            "features", "run", folder["t.feat"], "--data", "txn=-", "--format", "csv",
            "--data", $"back={folder["back.csv"]}", "--keep", "note", "--raw", "--out", folder["out.csv"]);
        run.Expect(Serving.Cli.CommandLine.ExitCode.Done, "events 'back' that entered no window: 1 have no key");
        Assert.Equal(isReversed ? Reversed(Expected) : Expected, folder.Read("out.csv"));
        Assert.Equal(["back.csv", "out.csv", "t.feat", "txn.csv"], folder.Names);
    }

    [Fact]
    public async Task Run_FilesThatDoNotFitTheScript_SaysWhichAreMissingOrNotRead()
    {
        using WorkFolder folder = new();
        string[] run = Run(folder, Payments, Backs);
        CommandRun missing = await CommandRun.OfAsync([.. run[..5], "--out", folder["out.csv"]]);
        missing.Expect(2, "--data back=FILE is missing");
        CommandRun unread = await CommandRun.DoneAsync(
            [.. run, "--data", $"other={folder["back.csv"]}", "--out", folder["out.csv"]]);
        Assert.Contains("--data other=... is not read", unread.Error, StringComparison.Ordinal);
        CommandRun size = await CommandRun.OfAsync([.. run, "--memory", "much", "--out", folder["out.csv"]]);
        size.Expect(2, "--memory much");
        CommandRun twice = await CommandRun.OfAsync(
            "features", "run", folder["t.feat"], "--data", "txn=-", "--data", "back=-", "--out", folder["o.csv"]);
        twice.Expect(2, "stdin");
    }

    [Fact]
    public async Task Run_WrongRowsInSeveralFiles_ShowsAllOfThem()
    {
        using WorkFolder folder = new();
        string[] run = Run(
            folder,
            Payments.Replace("8.00", "much", StringComparison.Ordinal),
            Backs.Replace("2026-03-01T11:01:00Z", "soon", StringComparison.Ordinal));
        CommandRun wrong = await CommandRun.OfAsync([.. run, "--out", folder["out.csv"]]);
        wrong.Expect(3, "txn.csv:5", "'much'", "back.csv:4", "'soon'");
        Assert.Equal(["back.csv", "t.feat", "txn.csv"], folder.Names);
    }

    private static string[] Run(WorkFolder folder, string payments, string backs) =>
    [
        "features", "run", folder.Write("t.feat", Script), "--data", $"txn={folder.Write("txn.csv", payments)}",
        "--data", $"back={folder.Write("back.csv", backs)}", "--keep", "note", "--raw",
    ];

    private static string Reversed(string rows)
    {
        string[] lines = rows.TrimEnd('\n').Split('\n');
        return string.Join('\n', lines.Skip(1).Reverse().Prepend(lines[0])) + "\n";
    }
}
