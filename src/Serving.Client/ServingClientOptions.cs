namespace Serving.Client;

/// <summary>How a <see cref="ServingClient"/> calls. Immutable.</summary>
public sealed record ServingClientOptions
{
    /// <summary>Deadline of one row, unless a call says its own.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Deadline of a batch, unless a call says its own.</summary>
    public TimeSpan BatchDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most tries of one call, the first among them; 1 never repeats. At most 5.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>
    /// Tokens of the retry budget: a failed try takes one, a successful one gives <see cref="RetryTokensPerSuccess"/>
    /// back, and at or below half of it nothing is repeated, so that an outage is not answered with a storm.
    /// </summary>
    public int RetryTokensMax { get; init; } = 10;

    /// <summary>What a successful call gives back to the budget.</summary>
    public double RetryTokensPerSuccess { get; init; } = 0.1;

    /// <summary>Wait before the first repetition, at random up to it; doubles each time.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Longest wait between tries.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most bytes of a message, both ways.</summary>
    public int MessageSizeMax { get; init; } = 4 << 20;

    /// <summary>
    /// Language of the texts of decision reasons, for calls that give a row alone; empty for the bundle's first one.
    /// </summary>
    public string Language { get; init; } = "";

    /// <summary>Makes the handler of connections, for certificates of one's own; null for the usual one.</summary>
    public Func<HttpMessageHandler>? CreateHandler { get; init; }
}
