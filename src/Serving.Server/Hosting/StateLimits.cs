using Serving.State.Windows;

namespace Serving.Server.Hosting;

/// <summary>Bounds of a store of state. Immutable.</summary>
public sealed record StateLimits
{
    /// <summary>How long a request waits for its state before it is answered without (hardening.md 98).</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Most appends that wait for Redis; more are lost, and counted.</summary>
    public int QueueMax { get; init; } = 100_000;

    /// <summary>Bytes of state that an embedded store keeps decoded between reads, at most; 0: none.</summary>
    public long ImageBytes { get; init; } = ImagePool.UsualBytes;

    /// <summary>User of Redis where its URL names none; null for its default user.</summary>
    public string? User { get; init; }

    /// <summary>Password of Redis where its URL has none; null without one.</summary>
    public string? Password { get; init; }
}
