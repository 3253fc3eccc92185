using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Serving.Data;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Runs one command line: the one place where exceptions become messages and exit codes.
/// </summary>
internal static class CommandRunner
{
    /// <summary>
    /// How long a command may take to end after SIGTERM or Ctrl-C before the process is ended: longer than a server's
    /// drain delay and drain timeout together, so that a stop loses no request.
    /// </summary>
    private static readonly TimeSpan TerminationPatience = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(string[] arguments, CommandConsole console)
    {
        RootCommand root = RootCommands.Create(console);
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (ParseError error in parsed.Errors)
            {
                await console.Error.WriteLineAsync("error: " + error.Message);
            }

            string path = PathOf(parsed.CommandResult.Command, root);
            await console.Error.WriteLineAsync($"see: {path} --help");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TerminationPatience,
                Output = console.Out,
                Error = console.Error,
            };
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception exception)
        {
            return await ReportAsync(exception, console);
        }
        finally
        {
            await console.Out.FlushAsync();
        }
    }

    private static string PathOf(Command command, RootCommand root)
    {
        var names = new Stack<string>();
        for (Command? at = command; at is not null && at != root; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            names.Push(at.Name);
        }

        return string.Join(' ', names.Prepend("serving"));
    }

    private static async Task<int> ReportAsync(Exception exception, CommandConsole console)
    {
        switch (exception)
        {
            case OperationCanceledException:
                await console.Error.WriteLineAsync("interrupted; nothing half-written is left");
                return ExitCode.Interrupted;
            case UsageException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Usage;
            case InputException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Input;
            case ScriptException:
                await console.Error.WriteLineAsync(exception.Message);
                return ExitCode.Input;
            case FileNotFoundException or DirectoryNotFoundException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Input;
            case AggregateException { InnerExceptions: [var inner] }:
                return await ReportAsync(inner, console);
            case IOException or UnauthorizedAccessException or SocketException or HttpRequestException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Unreachable;
            default:
                return await ReportFaultAsync(exception, console);
        }
    }

    private static async Task<int> ReportFaultAsync(Exception exception, CommandConsole console)
    {
        string id = Guid.NewGuid().ToString("N")[..12];
        await console.Error.WriteLineAsync(
            $"internal error {id}: {exception.GetType().Name}: {exception.Message}\n"
                + "please report this id with the command and the lines below\n" + exception.StackTrace);
        return ExitCode.Fault;
    }
}
