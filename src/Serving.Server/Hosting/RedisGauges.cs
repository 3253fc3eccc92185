using Serving.State.Redis;

namespace Serving.Server.Hosting;

/// <summary>What a Redis store tells of itself.</summary>
internal static class RedisGauges
{
    /// <summary>Its numbers.</summary>
    public static IReadOnlyList<StoreGauge> Of(RedisWindowStore store)
    {
        RedisStatus status = store.Status;
        return
        [
            new("serving_state_reachable", "1 while Redis answers.", () => status.IsClosed ? 1 : 0),
            new("serving_state_queue", "Appends that wait for Redis now.", () => status.Waiting),
            new("serving_state_queued", "Appends queued since the start.", () => status.Queued),
            new("serving_state_drained", "Queued appends that Redis has taken since.", () => status.Drained),
            new("serving_state_lost", "Appends that are lost since the start.", () => status.Lost),
            new("serving_state_too_many", "Appends refused since the start: the entity has too many events.",
                () => status.TooMany),
            new("serving_state_timeouts", "Accesses not answered within their time since the start.",
                () => status.Timeouts),
            new("serving_state_connection_failures", "Links that broke since the start.",
                () => status.ConnectionFailures),
            new("serving_state_circuit_opened", "How often a node was held for unreachable since the start.",
                () => status.Opened),
            new("serving_state_damaged", "Accesses that met a damaged blob since the start.", () => status.Damaged),
            new("serving_state_quarantined", "Copies of damaged blobs put aside since the start.",
                () => status.Quarantined),
            new("serving_state_compactions", "Compactions since the start.", () => status.Compacted),
            new("serving_state_compactions_overtaken", "Compactions that another server overtook since the start.",
                () => status.CompactionsLost),
            new("serving_state_sets_lost", "Feature sets whose state had vanished since the start.",
                () => status.StateLost),
            new("serving_state_gaps", "Blobs that had lost records which Redis had confirmed, since the start.",
                () => status.Gaps),
            new("serving_state_mixed_up", "Links closed because an answer belonged to another key, since the start.",
                () => status.MixedUp),
            new("serving_state_errors", "Errors that Redis answered since the start.",
                () => status.ErrorsByCode().Values.Sum()),
        ];
    }

    /// <summary>What is wrong now.</summary>
    public static IEnumerable<string> WarningsOf(RedisWindowStore store)
    {
        if (!store.Status.IsClosed)
        {
            yield return "Redis does not answer: requests are answered without state and flagged as degraded";
        }

        foreach (string warning in store.Status.Warnings)
        {
            yield return warning;
        }
    }
}
