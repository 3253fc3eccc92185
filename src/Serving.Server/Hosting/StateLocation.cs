using System.Collections.Immutable;
using System.Globalization;

namespace Serving.Server.Hosting;

/// <summary>
/// Where the state of windows is: <c>memory</c>, a folder, or
/// <c>redis://[USER:PASSWORD@]HOST:PORT[,HOST:PORT ...][/DATABASE][?prefix=TEXT]</c> (<c>rediss://</c> is encrypted).
/// Immutable.
/// </summary>
public sealed record StateLocation
{
    /// <summary>What a text has to be, for messages.</summary>
    public const string Expected = "memory, a folder, or redis://HOST:PORT";

    private const string PlainScheme = "redis://";
    private const string TlsScheme = "rediss://";
    private const int DefaultPort = 6379;
    private const int DatabaseMax = 1 << 20;

    private StateLocation()
    {
    }

    /// <summary>The memory of the process.</summary>
    public static StateLocation Memory { get; } = new() { Kind = StateKind.Memory };

    /// <summary>What keeps it.</summary>
    public StateKind Kind { get; private init; }

    /// <summary>The folder; empty for the other kinds.</summary>
    public string Folder { get; private init; } = "";

    /// <summary>Servers as <c>host:port</c>; empty for the other kinds.</summary>
    public ImmutableArray<string> Endpoints { get; private init; } = [];

    /// <summary>User of Redis; null for its default user.</summary>
    public string? User { get; private init; }

    /// <summary>Password of the user; null without one. Never shown.</summary>
    public string? Password { get; private init; }

    /// <summary>Number of the database.</summary>
    public int Database { get; private init; }

    /// <summary>First bytes of every key; null for the store's own default.</summary>
    public string? Prefix { get; private init; }

    /// <summary>Whether the links are encrypted.</summary>
    public bool IsEncrypted { get; private init; }

    /// <summary>Reads the text of <c>--state</c>; null where it is none of the three.</summary>
    public static StateLocation? Parse(string text)
    {
        if (text == "memory")
        {
            return Memory;
        }

        bool isEncrypted = text.StartsWith(TlsScheme, StringComparison.Ordinal);
        if (isEncrypted || text.StartsWith(PlainScheme, StringComparison.Ordinal))
        {
            return ParseRedis(text[(isEncrypted ? TlsScheme : PlainScheme).Length..], isEncrypted);
        }

        bool isFolder = text.Length > 0 && !text.Contains("://", StringComparison.Ordinal) && !text.Contains('\0');
        return isFolder ? new StateLocation { Kind = StateKind.Folder, Folder = text } : null;
    }

    /// <summary>The place for people, without secrets.</summary>
    public override string ToString() => Kind switch
    {
        StateKind.Memory => "memory",
        StateKind.Folder => Folder,
        _ => (IsEncrypted ? TlsScheme : PlainScheme) + string.Join(',', Endpoints),
    };

    private static StateLocation? ParseRedis(string rest, bool isEncrypted)
    {
        (string place, string? query) = Cut(rest, '?');
        int at = place.LastIndexOf('@');
        string? login = at < 0 ? null : place[..at];
        (string hosts, string? database) = Cut(place[(at + 1)..], '/');
        var endpoints = ImmutableArray.CreateBuilder<string>();
        foreach (string host in hosts.Split(','))
        {
            if (EndpointOf(host) is not { } endpoint)
            {
                return null;
            }

            endpoints.Add(endpoint);
        }

        int number = 0;
        bool isDatabase = string.IsNullOrEmpty(database)
            || (OptionText.TryInteger(database, out number) && number <= DatabaseMax);
        if (!isDatabase || !TryPrefix(query, out string? prefix))
        {
            return null;
        }

        (string user, string? password) = Cut(login ?? "", ':');
        return new StateLocation
        {
            Kind = StateKind.Redis,
            Endpoints = endpoints.ToImmutable(),
            User = user.Length == 0 ? null : Uri.UnescapeDataString(user),
            Password = string.IsNullOrEmpty(password) ? null : Uri.UnescapeDataString(password),
            Database = number,
            Prefix = prefix,
            IsEncrypted = isEncrypted,
        };
    }

    // The one parameter is known by name, so that a typing mistake is told.
    private static bool TryPrefix(string? query, out string? prefix)
    {
        const string Name = "prefix=";
        prefix = null;
        if (string.IsNullOrEmpty(query))
        {
            return true;
        }

        if (!query.StartsWith(Name, StringComparison.Ordinal) || query.Contains('&', StringComparison.Ordinal))
        {
            return false;
        }

        prefix = Uri.UnescapeDataString(query[Name.Length..]);
        return true;
    }

    private static string? EndpointOf(string text)
    {
        int colon = text.LastIndexOf(':');
        bool isBareAddress = text.EndsWith(']') || colon < 0;
        string host = isBareAddress ? text : text[..colon];
        int port = DefaultPort;
        bool isPort = isBareAddress
            || (OptionText.TryInteger(text[(colon + 1)..], out port) && port is > 0 and <= 65535);
        bool isHost = host.Length > 0 && Uri.CheckHostName(host.Trim('[', ']')) != UriHostNameType.Unknown;
        return isPort && isHost ? string.Create(CultureInfo.InvariantCulture, $"{host}:{port}") : null;
    }

    private static (string Before, string? After) Cut(string text, char mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }
}
