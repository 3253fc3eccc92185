using System.Collections.Immutable;
using Serving.Data.Time;

namespace Serving.Tables;

/// <summary>How <see cref="RowReader"/> reads. Immutable.</summary>
/// <param name="Zone">The zone of times of the form <c>YYYY-MM-DD HH:MM:SS</c>.</param>
public sealed record RowReaderOptions(ILocalTimeZone Zone)
{
    /// <summary>The format, where the name does not say it (stdin) or says it wrongly; null: by the name.</summary>
    public TableFormat? Format { get; init; }

    /// <summary>Whether stdin is compressed by gzip; files say it by their ending.</summary>
    public bool IsZipped { get; init; }

    /// <summary>
    /// Field name to column name where they differ; <c>@row</c> numbers the rows from 1, <c>@VALUE</c> gives every row
    /// the constant VALUE. Names that are no field of the schema are ignored: one option serves several files.
    /// </summary>
    public ImmutableDictionary<string, string> Renames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Columns to read beside the fields as unchanged text (<c>--keep</c>).</summary>
    public ImmutableArray<string> Keep { get; init; } = [];

    /// <summary>What <c>-</c> reads: the caller's standard input. It is not closed.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Takes one line about what was ignored; at most one call per source.</summary>
    public Action<string>? Notice { get; init; }

    /// <summary>Bytes that a chunk has at least, the last apart. Small ones serve tests.</summary>
    public int ChunkBytes { get; init; } = 1 << 20;
}
