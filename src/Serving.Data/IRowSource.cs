namespace Serving.Data;

/// <summary>
/// A stream of typed rows, read in two steps so that the dear one (turning text into values) runs on many threads:
/// one thread takes <see cref="ReadChunk"/> in order, any thread parses a chunk.
/// </summary>
public interface IRowSource : IDisposable
{
    /// <summary>The fields of the rows.</summary>
    RowSchema Schema { get; }

    /// <summary>
    /// The columns that are copied behind the results unchanged, all <c>string?</c>; null without any.
    /// </summary>
    RowSchema? KeptSchema { get; }

    /// <summary>Share of the input that was taken, 0..1, or NaN where its length is not known (a pipe).</summary>
    double Progress { get; }

    /// <summary>Takes the next piece of input, or null at its end. One thread at a time.</summary>
    /// <exception cref="InputException">The input is damaged or its head does not fit the schema.</exception>
    IRowChunk? ReadChunk();
}
