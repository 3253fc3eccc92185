namespace Serving.Engine.Predictions.Replays;

/// <summary>What a line of records tells.</summary>
internal enum RecordKind : byte
{
    /// <summary>A request that was scored.</summary>
    Answer = 0,

    /// <summary>An event that was ingested.</summary>
    Ingest,

    /// <summary>A blob that was replaced by its compaction.</summary>
    Compacted,

    /// <summary>A server that started.</summary>
    Started,

    /// <summary>Answers that a full log took no records of.</summary>
    Lost,
}
