namespace Serving.Engine.Offline;

/// <summary>How an offline run goes. Immutable.</summary>
public sealed record OfflineOptions
{
    /// <summary>Threads that parse, evaluate and format; 0 takes one for each core.</summary>
    public int Threads { get; init; }

    /// <summary>First time of a request that is taken, in ms since 1970 UTC; null takes all (R98).</summary>
    public long? FromMs { get; init; }

    /// <summary>Time from which requests are left out, in ms since 1970 UTC; null takes all (R98).</summary>
    public long? UntilMs { get; init; }

    /// <summary>Told after every piece that was written, by one thread at a time; must return at once.</summary>
    public Action<OfflineProgress>? Progress { get; init; }

    /// <summary>Ends the run between two pieces with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}
