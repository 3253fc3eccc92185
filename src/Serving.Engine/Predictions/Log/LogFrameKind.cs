namespace Serving.Engine.Predictions.Log;

/// <summary>What a frame of the prediction log holds. Values only grow: old logs stay readable.</summary>
internal enum LogFrameKind : byte
{
    /// <summary>No frame: zeros behind a torn end.</summary>
    None = 0,

    /// <summary>A request that was scored, or refused behind its trip to the store.</summary>
    Answer = 1,

    /// <summary>An ingested event.</summary>
    Ingest = 2,

    /// <summary>A blob of the store that was replaced by its compaction.</summary>
    Compacted = 3,

    /// <summary>A server that started on the log.</summary>
    Started = 4,

    /// <summary>Answers that were sent although the log could not take their records.</summary>
    Lost = 5,

    /// <summary>Names and types of what later frames of the segment hold; takes no sequence number.</summary>
    Schema = 6,

    /// <summary>The segment's header once more; takes no sequence number.</summary>
    Head = 7,
}
