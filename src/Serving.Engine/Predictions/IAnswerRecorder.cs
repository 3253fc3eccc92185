using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Predictions;

/// <summary>Keeps what was answered and which state it read. Safe for use by several threads.</summary>
public interface IAnswerRecorder
{
    /// <summary>
    /// Takes a scored request over, with or without an error: what the store appended has to be recorded in both cases.
    /// Copies what it keeps; the context goes back to its pool afterwards.
    /// </summary>
    void Record(ScoringContext context);

    /// <summary>Takes ingested events over.</summary>
    void Record(IngestContext context);
}
