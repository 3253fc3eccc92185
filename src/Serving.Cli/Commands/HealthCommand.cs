using System.CommandLine;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Commands;

/// <summary><c>health</c>: asks a server whether it is ready; 0 or 1. The container's health check.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create(CommandConsole console)
    {
        var url = new Option<string>("--url")
        {
            Description = "The server's REST address.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var command = new Command(
            "health",
            "Ask a server whether it is ready.\n\n"
                + "Example: serving health --url http://127.0.0.1:8080")
        {
            url,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string address = parsed.GetValue(url)!;
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? server))
            {
                throw new UsageException($"--url {address}: expected a URL such as http://127.0.0.1:8080");
            }

            using var client = new HttpClient { Timeout = Patience };
            using HttpResponseMessage response = await client.GetAsync(new Uri(server, "/readyz"), cancellation);
            await console.Out.WriteLineAsync(
                response.IsSuccessStatusCode ? "ready" : $"not ready: {(int)response.StatusCode}");
            return response.IsSuccessStatusCode ? ExitCode.Done : ExitCode.CheckFailed;
        });
        return command;
    }
}
