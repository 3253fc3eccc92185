namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>What clients sent and were answered.</summary>
internal sealed record HammerCounts
{
    public int Scores { get; set; }

    public int Ingests { get; set; }

    /// <summary>Events whose id was sent before.</summary>
    public int Repeated { get; set; }

    /// <summary>Scores that were answered without state.</summary>
    public int Degraded { get; set; }

    /// <summary>Ingests that were answered UNAVAILABLE and sent again.</summary>
    public int Refused { get; set; }
}
