using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.CommandLine;

/// <summary>Ctrl-C in the middle of writing: 130, and nothing half-written.</summary>
public sealed class InterruptionTests
{
    // Far more rows than a test waits for.
    private const int Rows = 1_500_000;

    public static TheoryData<string> Long() =>
    [
        "features run SCRIPT --data txn=ROWS --raw --interpreter --threads 1 --out OUT/f.csv",
        "model score --model MODEL --in ROWS --out OUT/f.csv",
        "simulate cards --customers 50000 --terminals 50000 --days 3650 --seed 1 --out OUT",
    ];

    [Theory]
    [MemberData(nameof(Long))]
    public async Task Interrupt_WhileWriting_LeavesNothing(string line)
    {
        using WorkFolder folder = new();
        Directory.CreateDirectory(folder["out"]);
        string rows = folder["rows.csv"];
        if (line.Contains("ROWS", StringComparison.Ordinal))
        {
            IEnumerable<string> same = Enumerable.Repeat("1,1767225600000,1.25,20,3", Rows);
            await File.WriteAllLinesAsync(rows, same.Prepend("id,at,amount,age,city"));
        }

        string script = folder.Write("pay.feat", """
            features pay 1 zone "UTC";
            request txn { id: string; at: time; amount: decimal(2); age: float?; } id id, time at;
            feature amount_v = log1p(amount);
            feature age_v = age;
            """);
        string model = folder.Write("linear.json", """
            { "format": "serving.linear", "version": 1, "link": "logit", "bias": [-1.5],
              "dense": { "id": [0.25], "at": [0], "amount": [1], "age": [2], "city": [3] } }
            """);
        string arguments = line.Replace("SCRIPT", script, StringComparison.Ordinal)
            .Replace("ROWS", rows, StringComparison.Ordinal)
            .Replace("MODEL", model, StringComparison.Ordinal)
            .Replace("OUT", folder["out"], StringComparison.Ordinal);
        using var process = CommandProcess.Start(arguments.Split(' '));
        await process.UntilAsync(() => new DirectoryInfo(folder["out"]).EnumerateFiles().Any(file => file.Length > 0));
        process.Signal("INT");
        CommandRun run = await process.EndAsync();
        run.Expect(130, "interrupted");
        Assert.Equal("", run.Out);
        Assert.Empty(Directory.GetFileSystemEntries(folder["out"]));
    }

    [Fact]
    public async Task Terminate_Server_EndsWithZero()
    {
        using WorkFolder folder = new();
        await SmallModel.PackAsync(folder);
        using var process = CommandProcess.Start(
            "serve", "--models", folder["models"], "--http-port", "0", "--grpc-port", "0", "--warm-up", "0s",
            "--log-level", "None");
        string lines = await process.ReadUntilAsync("ready models=1");
        process.Signal("TERM");
        (await process.EndAsync()).Expect(0);
        Assert.Contains("listening http http://127.0.0.1:", lines, StringComparison.Ordinal);
        Assert.Contains("listening grpc http://127.0.0.1:", lines, StringComparison.Ordinal);
    }
}
