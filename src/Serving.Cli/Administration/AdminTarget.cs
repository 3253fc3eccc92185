using System.CommandLine;
using Serving.Cli.CommandLine;

namespace Serving.Cli.Administration;

/// <summary>Which server a command speaks to, and as whom.</summary>
internal static class AdminTarget
{
    private const string AddressVariable = "SERVING_ADMIN";
    private const string TokenVariable = "SERVING_TOKEN";
    private const string DefaultAddress = "http://127.0.0.1:8082";

    /// <summary>The option that names the server.</summary>
    public static Option<string?> Server(params string[] aliases) => new("--server", aliases)
    {
        Description = $"Address of the admin API; else ${AddressVariable}, else {DefaultAddress}. "
            + $"The token comes from ${TokenVariable}.",
    };

    /// <summary>A client of the server that is named.</summary>
    /// <exception cref="UsageException">The address is none.</exception>
    public static AdminClient Connect(string? server)
    {
        string address = server ?? Environment.GetEnvironmentVariable(AddressVariable) ?? DefaultAddress;
        bool isUrl = Uri.TryCreate(address, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https";
        return isUrl
            ? new AdminClient(url!, Environment.GetEnvironmentVariable(TokenVariable))
            : throw new UsageException($"--server {address}: expected a URL such as {DefaultAddress}");
    }
}
