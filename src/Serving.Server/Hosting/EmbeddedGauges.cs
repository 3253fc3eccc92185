using Serving.State.Embedded;

namespace Serving.Server.Hosting;

/// <summary>What an embedded store tells of itself.</summary>
internal static class EmbeddedGauges
{
    /// <summary>Its numbers.</summary>
    public static IReadOnlyList<StoreGauge> Of(EmbeddedWindowStore store) =>
    [
        new("serving_state_blobs", "Entities that have state.", () => store.Status.Blobs),
        new("serving_state_bytes", "Bytes of state.", () => store.Status.BlobBytes),
        new("serving_state_memory_bytes", "Native memory of state and its index.", () => store.Status.NativeBytes),
        new("serving_state_image_bytes", "Memory of state that is kept decoded.", () => store.Status.ImageBytes),
        new("serving_state_compactions", "Compactions since the start.", () => store.Status.Compactions),
        new("serving_state_expired", "Entities whose state expired since the start.", () => store.Status.Expired),
        new("serving_state_lost", "Appends that are lost since the start.", () => store.Status.AppendsLost),
        new("serving_state_too_many", "Appends refused since the start: the entity has too many events.",
            () => store.Status.AppendsTooMany),
        new("serving_state_damaged", "Accesses that met a damaged blob since the start.",
            () => store.Status.BlobsDamaged),
        new("serving_state_log_failing", "1 while the log of state cannot be written.",
            () => store.Status.IsLogFailing == true ? 1 : 0),
        new("serving_state_unsynced_bytes", "Bytes of state that a loss of power would take now.",
            () => store.Status.UnsyncedBytes),
    ];

    /// <summary>What is wrong now.</summary>
    public static IEnumerable<string> WarningsOf(EmbeddedWindowStore store)
    {
        EmbeddedStatus status = store.Status;
        if (status.CutBytes > 0)
        {
            yield return $"a tail of {status.CutBytes} bytes that a stop had torn was cut off";
        }

        if (status.IsLogFailing == true)
        {
            yield return $"the log of state cannot be written: {status.LogError}";
        }

        if (status.SnapshotError is { } error)
        {
            yield return $"the last snapshot of state failed: {error}";
        }
    }
}
