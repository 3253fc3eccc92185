using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Serving.Cli.Administration;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Runs one command line: the one place where exceptions become messages and exit codes.
/// </summary>
internal static class CommandRunner
{
    private const string ExampleMark = "Example: ";

    // After Ctrl-C a command ends by itself: it deletes what is half-written, and a server answers what it has begun,
    // for as long as it was configured to. The library's own two seconds would cut both short.
    private static readonly TimeSpan s_terminationPatience = TimeSpan.FromMinutes(10);

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
            await console.Error.WriteLineAsync(RightForm(parsed));
            await console.Error.WriteLineAsync($"see: {path} --help");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = console.Out,
                Error = console.Error,
                ProcessTerminationTimeout = s_terminationPatience,
            };
            return await parsed.InvokeAsync(configuration);
        }
        catch (Exception exception)
        {
            return await ReportAsync(exception, parsed, console);
        }
        finally
        {
            await console.Out.FlushAsync();
        }
    }

    // The last paragraph of a command's description is an example that works.
    private static string RightForm(ParseResult parsed)
    {
        string description = parsed.CommandResult.Command.Description ?? "";
        int example = description.LastIndexOf(ExampleMark, StringComparison.Ordinal);
        return example < 0 ? description : "right form: " + description[(example + ExampleMark.Length)..];
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

    private static async Task<int> ReportAsync(Exception exception, ParseResult parsed, CommandConsole console)
    {
        switch (exception)
        {
            case OperationCanceledException:
                await console.Error.WriteLineAsync("interrupted; nothing half-written is left");
                return ExitCode.Interrupted;
            case AdminRefusedException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.CheckFailed;
            case UsageException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                await console.Error.WriteLineAsync(RightForm(parsed));
                return ExitCode.Usage;
            case InputException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Input;
            case TensorRunException run:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return run.Code == ErrorCode.Unavailable ? ExitCode.Unreachable : ExitCode.Input;
            case RuntimeMissingException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Unreachable;
            case ScriptException:
                await console.Error.WriteLineAsync(exception.Message);
                return ExitCode.Input;
            case FileNotFoundException:
                await console.Error.WriteLineAsync("error: " + exception.Message);
                return ExitCode.Input;
            case AggregateException { InnerExceptions: [var inner] }:
                return await ReportAsync(inner, parsed, console);
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
