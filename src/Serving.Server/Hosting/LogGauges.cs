using Serving.Engine.Predictions.Log;

namespace Serving.Server.Hosting;

/// <summary>What a prediction log tells of itself.</summary>
internal static class LogGauges
{
    /// <summary>Its numbers.</summary>
    public static IReadOnlyList<StoreGauge> Of(PredictionLog log) =>
    [
        new("serving_log_failing", "1 while the prediction log takes no records.",
            () => log.Status.IsRefusing ? 1 : 0),
        new("serving_log_records", "Records written since the start.", () => log.Status.Records),
        new("serving_log_lost", "Answers sent without a record since the start.", () => log.Status.Lost),
        new("serving_log_slow", "Answers that did not wait any longer for the disk since the start.",
            () => log.Status.Slow),
        new("serving_log_failures", "Writes and syncs that failed since the start; each sealed a segment.",
            () => log.Status.Failures),
        new("serving_log_waiting_bytes", "Bytes of records that are not on the disk yet.",
            () => log.Status.WaitingBytes),
        new("serving_log_written_bytes", "Bytes written since the start.", () => log.Status.Bytes),
        new("serving_log_folder_bytes", "Bytes of all segments.", () => log.Status.FolderBytes),
        new("serving_log_segments", "Segments.", () => log.Status.Segments),
        new("serving_log_dropped_segments", "Segments that retention dropped since the start.",
            () => log.Status.Dropped),
        new("serving_log_near_retention", "1 while the oldest segments go soon.",
            () => log.Status.IsNearRetention ? 1 : 0),
        new("serving_log_syncs", "Syncs since the start.", () => log.Status.Syncs),
        new("serving_log_last_sync_microseconds", "How long the last sync took.", () => log.Status.LastSyncUs),
    ];
}
