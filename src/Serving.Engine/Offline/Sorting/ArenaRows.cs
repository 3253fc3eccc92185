namespace Serving.Engine.Offline.Sorting;

/// <summary>The rows of a sorted arena.</summary>
internal sealed class ArenaRows(SortArena arena) : SortedRows
{
    private int _place = -1;

    public override long Key => arena.Entries[_place].Key;

    public override long Position => arena.Entries[_place].Position;

    public override ReadOnlySpan<byte> Row => arena.RowOf(arena.Entries[_place]);

    public override bool MoveNext() => ++_place < arena.Count;

    public override void Dispose() => arena.Clear();
}
