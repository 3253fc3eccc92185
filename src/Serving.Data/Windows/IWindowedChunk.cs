namespace Serving.Data.Windows;

/// <summary>Rows that come with their window values: those of a script with windows, offline.</summary>
public interface IWindowedChunk : IRowChunk
{
    /// <summary>
    /// As <see cref="IRowChunk.Parse"/>; <paramref name="windows"/> receives the window values of the same rows.
    /// </summary>
    /// <exception cref="InputException">Rows are wrong; holds all problems of the chunk.</exception>
    void Parse(RowBatch rows, RowBatch? kept, WindowValues windows);
}
