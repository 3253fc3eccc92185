namespace Serving.Engine.Offline.Sorting;

/// <summary>
/// External merge sort of rows as bytes by (key, position) within a bound on memory: what does not fit is written to
/// temporary files as sorted runs. One thread; disposing removes the files.
/// </summary>
internal sealed class RowSorter : IDisposable
{
    /// <summary>Runs that are merged into one when so many have come together.</summary>
    public const int FanIn = 16;

    private const int BufferBytesMin = 1 << 12;
    private const int BufferBytesMax = 1 << 20;
    private const int BlockBytesMax = 1 << 20;

    private readonly long _memoryBytes;
    private readonly string _folder;
    private readonly int _bufferBytes;
    private readonly SortArena _arena;

    // Runs of level n + 1 are merged of FanIn runs of level n, so that every row is written a logarithmic number of
    // times.
    private readonly List<List<SpillFile>> _levels = [];

    /// <summary>Makes a sorter.</summary>
    /// <param name="memoryBytes">Bytes that rows may take before they are spilled.</param>
    /// <param name="folder">Where temporary files go.</param>
    public RowSorter(long memoryBytes, string folder)
    {
        _memoryBytes = memoryBytes;
        _folder = folder;
        _bufferBytes = (int)Math.Clamp(memoryBytes / (2 * FanIn), BufferBytesMin, BufferBytesMax);
        _arena = new SortArena((int)Math.Clamp(memoryBytes / 8, BufferBytesMin, BlockBytesMax));
    }

    /// <summary>Runs that were written to files.</summary>
    public int SpillCount { get; private set; }

    /// <summary>Adds a row. Positions of equal keys must differ.</summary>
    public void Add(long key, long position, ReadOnlySpan<byte> row)
    {
        if (_arena.Count > 0 && (_arena.Bytes + row.Length > _memoryBytes || !_arena.HasRoom))
        {
            Spill();
        }

        _arena.Add(key, position, row);
    }

    /// <summary>Ends the adding and returns the rows in order. They live as long as the sorter.</summary>
    public SortedRows Complete()
    {
        _arena.Sort();
        var runs = new List<SortedRows> { new ArenaRows(_arena) };
        runs.AddRange(_levels.SelectMany(level => level));
        return runs.Count == 1 ? runs[0] : new MergedRows(runs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SpillFile run in _levels.SelectMany(level => level))
        {
            run.Dispose();
        }

        _levels.Clear();
        _arena.Clear();
    }

    private void Spill()
    {
        _arena.Sort();
        using var rows = new ArenaRows(_arena);
        SpillCount++;
        Keep(0, rows);
    }

    private void Keep(int level, SortedRows rows)
    {
        if (level == _levels.Count)
        {
            _levels.Add([]);
        }

        var file = new SpillFile(_folder, _bufferBytes);
        _levels[level].Add(file);
        while (rows.MoveNext())
        {
            file.Write(rows.Key, rows.Position, rows.Row);
        }

        file.Rewind();
        if (_levels[level].Count == FanIn)
        {
            using var merged = new MergedRows(_levels[level]);
            Keep(level + 1, merged);
            _levels[level].Clear();
        }
    }
}
