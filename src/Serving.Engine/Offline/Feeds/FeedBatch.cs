using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Offline.Sorting;
using Serving.Engine.Offline.Windows;
using Serving.Features;

namespace Serving.Engine.Offline.Feeds;

/// <summary>
/// A piece of a feed, parsed and made ready: its rows, by what they are ordered, and their keys and records in each
/// log. One owner at a time; reused.
/// </summary>
internal sealed class FeedBatch
{
    private readonly FeedPlan _plan;
    private long[] _keys = [];
    private long[] _positions = [];
    private bool[] _isAdmitted = [];

    public FeedBatch(FeedPlan plan, IRowSource source, FeatureScript script)
    {
        _plan = plan;
        Rows = new RowBatch(source.Schema);
        Kept = source.KeptSchema is null ? null : new RowBatch(source.KeptSchema);
        Logs = [.. plan.Logs.Select(log => new LogRows(
            log, plan.WritesRecords(log) ? script.CreateLogProgram(log.Log) : null, !plan.IsEvent))];
    }

    public RowBatch Rows { get; }

    public RowBatch? Kept { get; }

    /// <summary>Number of rows.</summary>
    public int Count => Rows.RowCount;

    /// <summary>Number of the first row in its source, from 1.</summary>
    public long FirstRow { get; private set; }

    /// <summary>By what the rows are ordered, one number for each: known, or time.</summary>
    public ReadOnlySpan<long> Keys => _keys.AsSpan(0, Count);

    /// <summary>Number of each row in its file, from 1.</summary>
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, Count);

    /// <summary>Whether no key is below the one before it.</summary>
    public bool IsOrdered { get; private set; }

    /// <summary>What is wrong with the rows; then there are none.</summary>
    public InputException? Problems { get; private set; }

    /// <summary>Keys and records of the rows, one for each log of the feed's plan.</summary>
    public ImmutableArray<LogRows> Logs { get; }

    /// <summary>Rows that are not accepted, by reason.</summary>
    public AdmissionCounts Counts { get; private set; }

    /// <summary>Parses a chunk. Any thread.</summary>
    public void Fill(IRowChunk chunk)
    {
        Problems = null;
        Counts = default;
        IsOrdered = true;
        FirstRow = chunk.FirstRow;
        try
        {
            chunk.Parse(Rows, Kept);
        }
        catch (InputException wrong)
        {
            Fail(wrong);
            return;
        }

        Order(chunk as SortedChunk);
        foreach (LogRows log in Logs)
        {
            log.Fill(Rows, _isAdmitted);
        }

        if (_plan.IsEvent && Logs.Length > 0)
        {
            CountKeyless();
        }
    }

    /// <summary>Makes it a batch without rows that only says what is wrong.</summary>
    public void Fail(InputException wrong)
    {
        Problems = wrong;
        IsOrdered = true;
        Counts = default;
        Rows.Clear();
        Kept?.Clear();
    }

    /// <summary>Whether a row is accepted (R54, R55).</summary>
    public bool IsAdmitted(int row) => _isAdmitted[row];

    private void Order(SortedChunk? sorted)
    {
        if (_keys.Length < Count)
        {
            _keys = new long[Count];
            _positions = new long[Count];
            _isAdmitted = new bool[Count];
        }

        long last = long.MinValue;
        AdmissionCounts counts = default;
        for (int row = 0; row < Count; row++)
        {
            long key = _plan.KeyOf(Rows, row);
            IsOrdered &= key >= last;
            last = key;
            _keys[row] = key;
            _positions[row] = sorted?.Positions[row] ?? (FirstRow + row);
            _isAdmitted[row] = _plan.Admits(Rows, row, ref counts);
        }

        Counts = counts;
    }

    private void CountKeyless()
    {
        int keyless = 0;
        for (int row = 0; row < Count; row++)
        {
            bool hasKey = !_isAdmitted[row];
            foreach (LogRows log in Logs)
            {
                hasKey |= log.HasKey(row);
            }

            keyless += hasKey ? 0 : 1;
        }

        Counts = Counts with { WithoutKey = keyless };
    }
}
