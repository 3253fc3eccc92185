namespace Serving.Engine.Offline.Sorting;

/// <summary>Rows as bytes, ascending by key, then position. One thread.</summary>
internal abstract class SortedRows : IDisposable
{
    /// <summary>The key of the row at hand.</summary>
    public abstract long Key { get; }

    /// <summary>Its position in the input.</summary>
    public abstract long Position { get; }

    /// <summary>Its bytes; valid until the next move.</summary>
    public abstract ReadOnlySpan<byte> Row { get; }

    /// <summary>Goes to the next row, at first to the first; false behind the last.</summary>
    public abstract bool MoveNext();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Whether the row at hand comes before that of another.</summary>
    public bool IsBefore(SortedRows other) =>
        Key < other.Key || (Key == other.Key && Position < other.Position);
}
