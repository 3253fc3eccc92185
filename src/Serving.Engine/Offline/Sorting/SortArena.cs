namespace Serving.Engine.Offline.Sorting;

/// <summary>Holds rows as bytes in memory until they are sorted or spilled. Blocks are reused. One thread.</summary>
internal sealed class SortArena(int blockBytes)
{
    private readonly List<byte[]> _blocks = [];
    private SortEntry[] _entries = new SortEntry[64];
    private int _block;
    private int _offset;

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that rows and entries take.</summary>
    public long Bytes { get; private set; }

    /// <summary>The rows; in order after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<SortEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Whether another row can be added at all: entries stand in one array.</summary>
    public bool HasRoom => Count < Array.MaxLength / SortEntry.Size;

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
        _block = 0;
        _offset = 0;
    }

    public void Add(long key, long position, ReadOnlySpan<byte> row)
    {
        Span<byte> room = Reserve(row.Length);
        row.CopyTo(room);
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count++] = new SortEntry(key, position, _block, _offset, row.Length);
        _offset += row.Length;
        Bytes += row.Length + SortEntry.Size;
    }

    public void Sort() => _entries.AsSpan(0, Count).Sort(default(SortEntry.Order));

    public ReadOnlySpan<byte> RowOf(in SortEntry entry) => _blocks[entry.Block].AsSpan(entry.Offset, entry.Length);

    private Span<byte> Reserve(int length)
    {
        if (_blocks.Count == 0 || _offset + length > _blocks[_block].Length)
        {
            bool isFirst = _blocks.Count == 0;
            _block += isFirst ? 0 : 1;
            _offset = 0;
            if (_block == _blocks.Count)
            {
                _blocks.Add(new byte[Math.Max(blockBytes, length)]);
            }
            else if (_blocks[_block].Length < length)
            {
                _blocks[_block] = new byte[length];
            }
        }

        return _blocks[_block].AsSpan(_offset, length);
    }
}
