namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// One event in a client's journal. One worker writes it while a server runs; the checks read it after.
/// </summary>
internal sealed class JournalEvent
{
    /// <summary>Whether it is ingested; else it is the request of a score.</summary>
    public required bool IsIngest { get; init; }

    public required long Id { get; init; }

    public required string Card { get; init; }

    public required long Cents { get; init; }

    /// <summary>Its time, at which it also became known; ms since 1970.</summary>
    public required long At { get; init; }

    /// <summary>Whether a check found it in the state, where it has to stay.</summary>
    public bool IsThere { get; set; }

    /// <summary>Whether it was sent since the last start of the server.</summary>
    public bool IsSent { get; set; }

    /// <summary>Timestamp of the first OK answer since the last start; 0 without one.</summary>
    public long AnsweredAt { get; set; }
}
