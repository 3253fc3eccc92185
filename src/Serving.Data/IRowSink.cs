namespace Serving.Data;

/// <summary>
/// A file of rows being written, in two steps so that formatting runs on many threads: any thread formats, one thread
/// writes the formatted pieces in order. The file appears under its name at <see cref="Complete"/>; disposing before
/// that leaves nothing behind.
/// </summary>
public interface IRowSink : IDisposable
{
    /// <summary>Turns rows, and beside them the kept columns, into bytes of the file. Any thread.</summary>
    IFormattedRows Format(RowBatch rows, RowBatch? kept);

    /// <summary>Appends formatted rows and gives their buffer back. One thread at a time, in the rows' order.</summary>
    void Write(IFormattedRows formatted);

    /// <summary>Flushes and renames the file to its own name.</summary>
    void Complete();
}
