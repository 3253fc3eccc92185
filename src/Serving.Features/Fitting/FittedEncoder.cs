namespace Serving.Features.Fitting;

/// <summary>What fitting found for one encoder of one feature member. Immutable.</summary>
internal abstract record FittedEncoder
{
    /// <summary>Rows that were fitted, and the ids they got.</summary>
    public FittedCounts Observed { get; init; } = FittedCounts.None;

    /// <summary>The sketch that stood for the values, so ranks are approximate; null where they are exact.</summary>
    public string? Sketch { get; init; }
}
