using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;
using Serving.Features;

namespace Serving.Engine.Offline.Windows;

/// <summary>A piece of request rows whose window values, and maybe labels, are there.</summary>
internal sealed class WindowChunk : IWindowedChunk
{
    private readonly RowFeed _home;
    private readonly Action<WindowValues> _returnValues;
    private readonly JoinedRows? _joined;
    private readonly LabelJoin? _labels;
    private int _isReturned;

    /// <summary>Takes a batch and its values over; disposing gives both back.</summary>
    public WindowChunk(
        RowFeed home,
        FeedBatch batch,
        WindowValues values,
        JoinedRows? joined,
        LabelJoin? labels,
        Action<WindowValues> returnValues)
    {
        _joined = joined;
        _home = home;
        Batch = batch;
        Values = values;
        _labels = labels;
        _returnValues = returnValues;
    }

    /// <summary>The rows.</summary>
    public FeedBatch Batch { get; }

    /// <summary>Their window values.</summary>
    public WindowValues Values { get; }

    public long FirstRow => Batch.FirstRow;

    public void Parse(RowBatch rows, RowBatch? kept)
    {
        kept?.CopyFrom(Batch.Kept!);
        if (_joined is null)
        {
            rows.CopyFrom(Batch.Rows);
            return;
        }

        rows.Clear();
        for (int row = 0; row < Batch.Count; row++)
        {
            _joined.Append(rows, Batch.Rows, Values, row, _labels?.LabelOf(Batch.Rows, row));
        }
    }

    public void Parse(RowBatch rows, RowBatch? kept, WindowValues windows)
    {
        Parse(rows, kept);
        windows.CopyFrom(Values);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0)
        {
            _home.Return(Batch);
            _returnValues(Values);
        }
    }
}
