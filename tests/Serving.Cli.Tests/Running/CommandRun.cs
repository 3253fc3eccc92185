using System.Text;
using System.Text.Json;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Tests.Running;

/// <summary>What one command line gave, run in this process.</summary>
internal sealed record CommandRun(int ExitCode, string Out, string Error)
{
    /// <summary>Standard output, which must be one JSON document and nothing else.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Out);
            return document.RootElement.Clone();
        }
    }

    public static Task<CommandRun> OfAsync(params string[] arguments) => WithInputAsync("", arguments);

    public static Task<CommandRun> WithInputAsync(string input, params string[] arguments) =>
        WithAsync(input, console => console, arguments);

    /// <summary>The same with a console that the test has changed.</summary>
    public static async Task<CommandRun> WithAsync(
        string input, Func<CommandConsole, CommandConsole> change, params string[] arguments)
    {
        using MemoryStream standardInput = new(Encoding.UTF8.GetBytes(input));
        using MemoryStream standardOutput = new();
        await using StringWriter error = new();

        // Texts and tables share one stream, as they do in a process: what is there besides a document is seen.
        await using StreamWriter text = new(standardOutput, new UTF8Encoding(false), leaveOpen: true);
        text.AutoFlush = true;
        var console = new CommandConsole(text, error, standardInput, standardOutput, IsTerminal: false);
        int exitCode = await CommandRunner.RunAsync(arguments, change(console));
        return new CommandRun(exitCode, Encoding.UTF8.GetString(standardOutput.ToArray()), error.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task<CommandRun> DoneAsync(params string[] arguments)
    {
        CommandRun run = await OfAsync(arguments);
        run.Expect(Serving.Cli.CommandLine.ExitCode.Done);
        return run;
    }

    /// <summary>Checks the exit code, showing all output where it is another one.</summary>
    public CommandRun Expect(int exitCode, params ReadOnlySpan<string> inError)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}\n{Out}\n{Error}");
        foreach (string part in inError)
        {
            Assert.Contains(part, Error, StringComparison.Ordinal);
        }

        return this;
    }
}
