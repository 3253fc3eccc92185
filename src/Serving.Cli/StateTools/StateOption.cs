using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Server.Hosting;

namespace Serving.Cli.StateTools;

/// <summary><c>--state DIR|redis://HOST:PORT</c> of the commands that look into a store.</summary>
internal static class StateOption
{
    public static Option<string> Create() => new("--state")
    {
        Description = "The folder of the state, or redis://HOST:PORT.",
        Required = true,
    };

    /// <summary>What the option names.</summary>
    /// <exception cref="UsageException">It is neither a folder nor Redis.</exception>
    public static StateLocation Parse(string text)
    {
        StateLocation? location = StateLocation.Parse(text);
        return location is { Kind: not StateKind.Memory }
            ? location
            : throw new UsageException(
                "--state: expected a folder or redis://HOST:PORT; memory is known to its own process alone");
    }

    /// <summary>Opens the store to change it.</summary>
    /// <exception cref="IOException">A server holds the folder, or Redis does not answer.</exception>
    public static async Task<OpenStore> OpenAsync(StateLocation location)
    {
        if (location.Kind == StateKind.Folder && !Directory.Exists(location.Folder))
        {
            throw new DirectoryNotFoundException($"no folder '{location.Folder}'");
        }

        return await OpenOrMakeAsync(location);
    }

    /// <summary><see cref="OpenAsync"/>, but a folder that is absent is made.</summary>
    public static async Task<OpenStore> OpenOrMakeAsync(StateLocation location)
    {
        var limits = new StateLimits
        {
            Password = Environment.GetEnvironmentVariable(OptionReader.EnvironmentPrefix + "STATE_PASSWORD"),
            User = Environment.GetEnvironmentVariable(OptionReader.EnvironmentPrefix + "STATE_USER"),
        };
        OpenStore store = await StoreOpening.OpenAsync(location, limits, TimeProvider.System);
        if (!store.IsReachable())
        {
            await store.DisposeAsync();
            throw new IOException(
                $"{location} does not answer, or not all of it; is it up, and are user and password right?");
        }

        return store;
    }
}
