namespace Serving.Server.Hosting;

/// <summary>How one option is read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expected">What it takes, for a message.</param>
/// <param name="Apply">Gives the options with the text taken over, or null when the text is wrong.</param>
/// <param name="IsSecret">Whether its value is never shown.</param>
internal sealed record OptionRule(
    string Name, string Expected, Func<ServerOptions, string, ServerOptions?> Apply, bool IsSecret = false);
