namespace Serving.State.Embedded;

/// <summary>
/// One shard of the blobs: a table and the gate that guards it. Request threads, the compactor, the sweep, the snapshot
/// and the recovery meet here.
/// </summary>
internal sealed class StateShard(ulong seed)
{
    /// <summary>Held for each use of <see cref="Table"/>. A field, since it is a mutable struct.</summary>
    public SpinGate Gate;

    /// <summary>The blobs.</summary>
    public BlobTable Table { get; } = new(seed);

    /// <summary>Whether the table's memory was freed; tested behind the gate by whoever may come late.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Frees the table's memory once nobody is inside.</summary>
    public void Close()
    {
        Gate.Enter();
        IsClosed = true;
        Table.Dispose();
        Gate.Exit();
    }
}
