namespace Serving.Engine.Tests.Windows;

/// <summary>A store's clock that follows the stream, so that blobs expire while it runs.</summary>
internal sealed class StreamClock : TimeProvider
{
    // Stores count seconds from 1970, and streams may lie before: the stream's first moment stands for this one.
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _first = long.MinValue;
    private long _elapsedMs;

    /// <summary>Moves on to a moment; earlier ones change nothing.</summary>
    public void MoveTo(long moment)
    {
        _first = _first == long.MinValue ? moment : _first;
        Volatile.Write(ref _elapsedMs, Math.Max(_elapsedMs, moment - _first));
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_start.AddMilliseconds(Volatile.Read(ref _elapsedMs));
}
