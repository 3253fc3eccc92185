using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.State;

namespace Serving.Engine;

/// <summary>Limits and places of an engine. Immutable.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder <c>MODELS/&lt;model&gt;/&lt;version&gt;/</c> that is watched.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>Most rows in one request; more is refused and the limit named.</summary>
    public int RowsMax { get; init; } = 10_000;

    /// <summary>How often the folder is looked at. A new version must be noticed within 2 s, so at most 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where the state of windows is kept; owned by the caller. Null: versions whose script has windows are refused.
    /// </summary>
    public IWindowStore? Store { get; init; }

    /// <summary>Receives every answer and what it read; null keeps none.</summary>
    public IAnswerRecorder? Recorder { get; init; }

    /// <summary>The prediction log; owned by the caller. Null: nothing is logged.</summary>
    public PredictionLog? Log { get; init; }

    /// <summary>
    /// Whether loads run inside <see cref="InferenceEngine.Poll"/>, for tests; else on a thread of their own.
    /// </summary>
    public bool LoadInline { get; init; }
}
