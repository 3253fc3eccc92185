namespace Serving.Data;

/// <summary>
/// Some whole rows of an <see cref="IRowSource"/> that are not parsed yet. Disposing gives its buffer back.
/// </summary>
public interface IRowChunk : IDisposable
{
    /// <summary>Number of the chunk's first row in its source, from 1.</summary>
    long FirstRow { get; }

    /// <summary>
    /// Parses the rows into a batch of the source's schema, and the kept columns into another where there are any; both
    /// are cleared first. Any thread; different chunks of one source may be parsed side by side.
    /// </summary>
    /// <exception cref="InputException">Rows are wrong; holds all problems of the chunk (at most 50, then a
    /// count).</exception>
    void Parse(RowBatch rows, RowBatch? kept);
}
