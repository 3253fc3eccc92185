namespace Serving.Tables;

/// <summary>How <see cref="RowWriter"/> writes. Immutable.</summary>
public sealed record RowWriterOptions
{
    /// <summary>The format, where the name does not say it (stdout); null: by the name.</summary>
    public TableFormat? Format { get; init; }

    /// <summary>Whether stdout is compressed by gzip; files say it by their ending.</summary>
    public bool IsZipped { get; init; }

    /// <summary>
    /// What <c>-</c> writes to; the caller's standard output. It is flushed and not closed.
    /// </summary>
    public Stream? StandardOutput { get; init; }
}
