namespace Serving.State.Redis;

/// <summary>How a Redis window store is reached, and its bounds. Immutable.</summary>
public sealed record RedisStoreOptions
{
    /// <summary>Servers as <c>host:port</c>; in a cluster some of its nodes, the others are found.</summary>
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>Name of the user; null: Redis's default user.</summary>
    public string? User { get; init; }

    /// <summary>Password of the user; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Number of the database; 0 in a cluster.</summary>
    public int Database { get; init; }

    /// <summary>Whether the links are encrypted.</summary>
    public bool Tls { get; init; }

    /// <summary>First bytes of every key, so that several installations share a server.</summary>
    public string Prefix { get; init; } = "f:";

    /// <summary>How long an exchange waits before it answers without the state (hardening.md 98).</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Greatest number of appends that wait for Redis; more are lost, and counted.</summary>
    public int QueueMax { get; init; } = 100_000;

    /// <summary>
    /// Bytes of records behind the folded part of a blob from which on an entity gets nothing more until it is folded
    /// (hardening.md 64): the same as the embedded store's.
    /// </summary>
    public int TailBytesMax { get; init; } = 64 << 10;

    /// <summary>How long the end of the store waits for its queue.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Greatest number of copies of damaged blobs that this process puts aside.</summary>
    public int QuarantineMax { get; init; } = 1000;

    /// <summary>How long such a copy is kept.</summary>
    public TimeSpan QuarantineLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The clock of budgets, pauses and heartbeats.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>
    /// Checks the content of a blob behind its header while a store is verified: null where it is whole, else what is
    /// wrong. Null: headers alone are checked.
    /// </summary>
    public Func<StateKey?, ReadOnlyMemory<byte>, string?>? CheckContent { get; init; }
}
