using System.CommandLine;
using System.CommandLine.Parsing;
using Serving.Cli.CommandLine;
using Serving.Cli.TensorModels;
using Serving.Data;
using Serving.Server.Hosting;

namespace Serving.Cli.Commands;

/// <summary><c>serve --models DIR</c>: the server, until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly (string Name, string Description)[] Values =
    [
        ("--models", "Models folder: MODELS/NAME/VERSION/."),
        ("--state", "memory (default), a folder, or redis://HOST:PORT: what windows have learned."),
        ("--state-timeout", "Longest wait for state; 5ms by default."),
        ("--state-decoded-limit", "Most memory for state kept decoded (memory, DIR); 64MiB by default, 0 for none."),
        ("--state-queue-limit", "Events that wait while Redis is away; 100000 by default."),
        ("--records", "File that receives one JSON line for each answer."),
        ("--log", "Folder of the prediction log."),
        ("--log-mode", "relaxed (default: at most 100 ms at risk) or strict (answered when on the disk)."),
        ("--listen", "Address to listen on; loopback by default."),
        ("--http-port", "REST, health and metrics; 8080 by default, 0 takes a free one."),
        ("--grpc-port", "gRPC; 8081 by default, 0 takes a free one."),
        ("--admin-port", "Admin API; 8082 by default, 0 takes a free one."),
        ("--control", "Folder of audit, tables, tokens and uploads; MODELS/.control by default."),
        ("--model-control", "poll (default) or explicit: load only versions that are named."),
        ("--warm-up", "Longest warm-up before ready, all models together; 10s by default."),
        ("--tensorflow-library", "TensorFlow's library or its folder; by default the loader's."),
        ("--deadline", "Server's own deadline of one row; by default 50ms with a fallback policy, else 1s."),
        ("--batch-deadline", "Server's own deadline of a batch; 10s by default."),
        ("--concurrency-limit", "Requests at once; beyond it and a short queue they are refused."),
        ("--message-limit", "Greatest message, e.g. 4MiB."),
        ("--tls-certificate", "Certificate file, for TLS on both ports."),
        ("--tls-key", "Key file of the certificate."),
        ("--otlp-endpoint", "Where traces go."),
        ("--log-level", "Trace, Debug, Information, Warning, Error or None."),
    ];

    private static readonly (string Name, string Description)[] Switches =
    [
        ("--allow-anonymous", "Listen off loopback without authentication."),
        ("--admin-anonymous", "Admin API without tokens for callers on this machine."),
    ];

    public static Command Create(CommandConsole console)
    {
        var config = new Option<string?>("--config")
        {
            Description = "YAML file whose keys are the options' names and more.",
        };
        var command = new Command(
            "serve",
            "Serve models over gRPC and REST.\n\n"
                + "Example: serving serve --models models-sample")
        {
            config,
        };
        foreach ((string name, string description) in Values)
        {
            command.Add(new Option<string?>(name) { Description = description });
        }

        foreach ((string name, string description) in Switches)
        {
            command.Add(new Option<bool>(name) { Description = description });
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            ServerOptions options = Options(parsed, parsed.GetValue(config));
            options = options with
            {
                Runtimes = [.. console.Runtimes(options.TensorFlowLibrary)],
                WorkerCommand = WorkerProgram.Of(options.TensorFlowLibrary),
            };
            try
            {
                await using ServerHost host = await ServerHost.StartAsync(options, console.Out, cancellation);
                await host.RunAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // SIGTERM in the middle of the start is a stop like any other.
            }

            return ExitCode.Done;
        });
        return command;
    }

    // A wrong option is wrong usage, whoever finds it; a wrong file or environment is invalid input.
    private static ServerOptions Options(ParseResult parsed, string? config)
    {
        try
        {
            return OptionReader.Read(Given(parsed), Environment.GetEnvironmentVariable, config);
        }
        catch (InputException refused) when (refused.Problems.All(IsUsage))
        {
            throw new UsageException(refused.Message);
        }
    }

    // What concerns several options together has their names alone as its place.
    private static bool IsUsage(InputProblem problem) =>
        problem.Place.StartsWith("option --", StringComparison.Ordinal)
        || problem.Place is "listen" or "tls-key" or "admin-anonymous"
        || problem.Place.EndsWith("-port", StringComparison.Ordinal);

    // Only what was written on the command line: what was not comes from the environment, the file or the defaults.
    private static Dictionary<string, string> Given(ParseResult parsed)
    {
        var given = new Dictionary<string, string>();
        foreach (Option option in parsed.CommandResult.Command.Options)
        {
            if (option.Name == "--config" || parsed.GetResult(option) is not { Implicit: false } result)
            {
                continue;
            }

            given[option.Name[2..]] = option is Option<bool> ? SwitchText(result) : result.Tokens[^1].Value;
        }

        return given;
    }

    private static string SwitchText(OptionResult result) =>
        result.Tokens.Count == 0 ? "true" : result.Tokens[^1].Value;
}
