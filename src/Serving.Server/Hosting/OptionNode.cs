using System.Collections.Immutable;

namespace Serving.Server.Hosting;

/// <summary>
/// A value of a configuration file or of a request's body, before anybody asks what it means. Immutable.
/// </summary>
/// <param name="Name">Its key, with those above it and points between; for messages the last part counts.</param>
/// <param name="Place">Where it stands, for people.</param>
internal sealed record OptionNode(string Name, string Place)
{
    /// <summary>The text of a plain value; null for a list or a mapping.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the text is a number of a format that has numbers: JSON, where percents need no sign.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Whether it is JSON's null.</summary>
    public bool IsNull { get; init; }

    /// <summary>Values of a mapping by key; null for anything else.</summary>
    public ImmutableArray<(string Key, OptionNode Value)>? Members { get; init; }

    /// <summary>Values of a list; null for anything else.</summary>
    public ImmutableArray<OptionNode>? Items { get; init; }

    /// <summary>What it is, for a message.</summary>
    public string Found => Members is not null ? "a mapping" : Items is not null ? "a list" : $"'{Text}'";
}
