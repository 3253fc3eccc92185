using System.Collections.Immutable;
using Serving.Engine.Predictions;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Routing;
using Serving.Models.Tensors;
using Serving.State;

namespace Serving.Engine;

/// <summary>Limits and places of an engine. Immutable.</summary>
public sealed record EngineOptions
{
    /// <summary>Folder <c>MODELS/&lt;model&gt;/&lt;version&gt;/</c> that is watched.</summary>
    public required string ModelsFolder { get; init; }

    /// <summary>Runtimes of tensor models; without any, bundles of such models are refused.</summary>
    public ImmutableArray<IScorerFactory> Runtimes { get; init; } = [];

    /// <summary>How tensor models are opened, as far as their bundles allow the same.</summary>
    public ITensorHosting Hosting { get; init; } = PlainTensorHosting.Default;

    /// <summary>Most rows in one request; more is refused and the limit named.</summary>
    public int RowsMax { get; init; } = 10_000;

    /// <summary>How often the folder is looked at. A new version must be noticed within 2 s, so at most 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where the state of windows is kept; owned by the caller. Null: versions whose script has windows are refused.
    /// </summary>
    public IWindowStore? Store { get; init; }

    /// <summary>Whether answers are compared with their version's baseline.</summary>
    public bool WatchesDrift { get; init; } = true;

    /// <summary>Receives every answer and what it read; null keeps none.</summary>
    public IAnswerRecorder? Recorder { get; init; }

    /// <summary>The prediction log; owned by the caller. Null: nothing is logged.</summary>
    public PredictionLog? Log { get; init; }

    /// <summary>How versions come and go; a model may have its own in <see cref="ModelTraffic"/>.</summary>
    public TrafficOptions Traffic { get; init; } = new();

    /// <summary>How versions of named models come and go.</summary>
    public ImmutableDictionary<string, TrafficOptions> ModelTraffic { get; init; } =
        ImmutableDictionary<string, TrafficOptions>.Empty;

    /// <summary>How long the version that was stable before is kept Ready.</summary>
    public TimeSpan KeepPrevious { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether only versions that are named are loaded.</summary>
    public bool LoadsNamedOnly { get; init; }

    /// <summary>
    /// Bytes that the process may hold: a bundle whose load could pass them is refused before it is read. Null: no
    /// bound.
    /// </summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>
    /// Bytes a second that all loads together read beside requests; loads at the start are not held back. Null: no
    /// bound.
    /// </summary>
    public long? LoadBandwidth { get; init; }

    /// <summary>Keeps what is decided beyond the process; null forgets it. Owned by the caller.</summary>
    public IControlJournal? Journal { get; init; }

    /// <summary>
    /// Whether loads run inside <see cref="InferenceEngine.Poll"/>, for tests; else on a thread of their own.
    /// </summary>
    public bool LoadInline { get; init; }
}
