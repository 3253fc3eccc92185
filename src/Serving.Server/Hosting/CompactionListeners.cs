using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.State;

namespace Serving.Server.Hosting;

/// <summary>Tells both the record file and the prediction log of compactions. Immutable.</summary>
internal sealed class CompactionListeners : ICompactionListener
{
    private readonly RecordFile _records;
    private readonly PredictionLog _log;

    private CompactionListeners(RecordFile records, PredictionLog log)
    {
        _records = records;
        _log = log;
    }

    /// <summary>Whoever is there; null where nobody is.</summary>
    public static ICompactionListener? Of(RecordFile? records, PredictionLog? log) =>
        records is not null && log is not null ? new CompactionListeners(records, log)
        : records is not null ? records
        : log;

    /// <inheritdoc/>
    public void OnCompacted(in StateKey key, uint epoch, int records, int read)
    {
        _records.OnCompacted(key, epoch, records, read);
        _log.OnCompacted(key, epoch, records, read);
    }
}
