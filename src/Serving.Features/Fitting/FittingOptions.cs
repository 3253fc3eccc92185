namespace Serving.Features.Fitting;

/// <summary>Which request rows are fitted, and with what means.</summary>
public sealed record FittingOptions
{
    /// <summary>Default of <see cref="MemoryBytesMax"/>.</summary>
    public const long MemoryBytesDefault = 4L << 30;

    /// <summary>Only rows at or after this time, in ms since 1970 UTC.</summary>
    public long? From { get; init; }

    /// <summary>Only rows before this time, in ms since 1970 UTC.</summary>
    public long? Until { get; init; }

    /// <summary>
    /// Only rows for which this expression of the language is true: over request fields, lets, and features without
    /// fitted encoders; it must not be optional.
    /// </summary>
    public string? Where { get; init; }

    /// <summary>
    /// Place of a <c>bool?</c> field behind the request's own in the rows, which holds the label: for labels over
    /// events, that a row alone does not tell (<see cref="JoinedRows"/>). Null: the script's label expression.
    /// </summary>
    public int? LabelField { get; init; }

    /// <summary>Threads that parse and count; the result is the same with any number.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// Bytes that tables of distinct values and of request ids may take. A distinct number takes 21 to 43 bytes for
    /// each thread (twice that with a label), a distinct string 53 to 107 beside its own, an id 11 to 22 beside its
    /// own.
    /// </summary>
    public long MemoryBytesMax { get; init; } = MemoryBytesDefault;

    /// <summary>
    /// Whether the rows may be read again from their start beyond the passes that the script needs: then numbers whose
    /// distinct values exceed the memory are sketched, and the statistics say so.
    /// </summary>
    public bool CanReadAgain { get; init; } = true;

    /// <summary>Called after each piece of input, by one thread at a time.</summary>
    public Action<FittingProgress>? Progress { get; init; }
}
