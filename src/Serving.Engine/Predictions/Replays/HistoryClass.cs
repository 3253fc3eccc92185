namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Why an answer differs from what history alone gives: offline runs see all events in the order in which they became
/// known.
/// </summary>
public enum HistoryClass : byte
{
    /// <summary>It does not differ.</summary>
    Equal = 0,

    /// <summary>An event arrived after the answer, though it had become known before.</summary>
    Late,

    /// <summary>Requests on one key crossed each other.</summary>
    Race,

    /// <summary>The store did not answer in time.</summary>
    Timeout,

    /// <summary>The blob had expired.</summary>
    Expired,

    /// <summary>Something that the store had taken is gone, or its record is.</summary>
    Lost,

    /// <summary>None of these.</summary>
    Unexplained,
}
