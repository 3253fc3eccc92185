namespace Serving.Data;

/// <summary>
/// Rows that an <see cref="IRowSink"/> has formatted and not written yet; disposing gives its buffer back.
/// </summary>
public interface IFormattedRows : IDisposable
{
    /// <summary>Rows inside.</summary>
    int RowCount { get; }
}
