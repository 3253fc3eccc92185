using StackExchange.Redis;

namespace Serving.State.Redis;

/// <summary>Looks at the settings of the servers, and warns of those that lose state.</summary>
internal sealed class RedisServerCheck(RedisLink link)
{
    private readonly HashSet<string> _seen = [];

    /// <summary>Looks at the servers that were not looked at yet.</summary>
    public async Task CheckAsync()
    {
        foreach (IServer server in link.Primaries())
        {
            string name = server.EndPoint.ToString() ?? "server";
            if (!_seen.Add(name))
            {
                continue;
            }

            try
            {
                await CheckAsync(server, name);
            }
            catch (Exception error) when (RedisErrors.IsExpected(error))
            {
                link.Status.Warn($"{name}: its settings are not known: {error.Message}");
            }
        }
    }

    private async Task CheckAsync(IServer server, string name)
    {
        if (server.Version < new Version(6, 2))
        {
            link.Status.Warn($"{name}: version {server.Version}; 6.2 or later is needed");
        }

        string policy = await InfoAsync(server, "memory", "maxmemory_policy");
        if (policy != "noeviction")
        {
            link.Status.Warn($"{name}: maxmemory-policy {policy} evicts state that windows need; set noeviction");
        }

        if (await InfoAsync(server, "persistence", "aof_enabled") != "1")
        {
            link.Status.Warn($"{name}: appendonly is off: a crash loses the state since the last snapshot");
        }
        else if (await AppendSyncAsync(server) is { } sync && sync != "always")
        {
            link.Status.Warn($"{name}: appendfsync {sync}: a crash of the machine loses acknowledged events");
        }
    }

    // Null where CONFIG is not allowed: managed servers say it elsewhere.
    private static async Task<string?> AppendSyncAsync(IServer server)
    {
        try
        {
            RedisResult[]? found = (RedisResult[]?)await server.ExecuteAsync("CONFIG", "GET", "appendfsync");
            return found is [_, var value] ? (string?)value : null;
        }
        catch (Exception error) when (RedisErrors.IsExpected(error))
        {
            return null;
        }
    }

    private static async Task<string> InfoAsync(IServer server, string section, string name)
    {
        string text = await server.InfoRawAsync(section) ?? "";
        string? line = Array.Find(text.Split("\r\n"), one => one.StartsWith(name + ":", StringComparison.Ordinal));
        return line is null ? "" : line[(name.Length + 1)..];
    }
}
