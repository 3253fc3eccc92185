using System.Collections.Immutable;
using System.Text.Json;
using Serving.Engine.Decisions;

namespace Serving.Engine.Predictions.Replays;

/// <summary>One parsed line of records. Immutable.</summary>
internal sealed record RecordLine
{
    /// <summary>File and line, for people.</summary>
    public required string Place { get; init; }

    /// <summary>What it tells.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>When it was written, ms since 1970; -1 where the line does not say.</summary>
    public long At { get; init; } = -1;

    /// <summary>Place among the lines of all files, in the order in which they were written.</summary>
    public int Order { get; set; }

    /// <summary>
    /// Starts behind a stop that was not clean before this line: a new one may have lost the store's tail.
    /// </summary>
    public int Session { get; set; }

    /// <summary>Answers: the id as text.</summary>
    public string Id { get; init; } = "";

    /// <summary>Answers: name of the model.</summary>
    public string Model { get; init; } = "";

    /// <summary>Answers: version of the model.</summary>
    public long Version { get; init; }

    /// <summary>Answers: the request; ingests: the row.</summary>
    public JsonElement Fields { get; init; }

    /// <summary>Answers: feature values before encoders.</summary>
    public JsonElement Features { get; init; }

    /// <summary>Answers: hash of these values where the log holds it in their stead; else empty.</summary>
    public string FeaturesHash { get; init; } = "";

    /// <summary>Answers and ingests: fields whose values are masked.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>Answers: the score.</summary>
    public double Score { get; init; }

    /// <summary>Answers: the raw score.</summary>
    public double RawScore { get; init; }

    /// <summary>Answers: whether state was missing.</summary>
    public bool IsDegraded { get; init; }

    /// <summary>Answers: step of the fallback ladder; null in records that do not say it.</summary>
    public ScoringStep? Step { get; init; }

    /// <summary>Answers: the decision; empty without one.</summary>
    public string Decision { get; init; } = "";

    /// <summary>Answers: code of the decision's reason; null without one.</summary>
    public string? Reason { get; init; }

    /// <summary>Answers: whether a decline was answered approve.</summary>
    public bool IsExplored { get; init; }

    /// <summary>Answers: whether nothing was learned.</summary>
    public bool IsScoreOnly { get; init; }

    /// <summary>Answers: whether there was no score, and the line is there for what it appended.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Ingests: name of the feature set.</summary>
    public string Set { get; init; } = "";

    /// <summary>Ingests: name of the event.</summary>
    public string Event { get; init; } = "";

    /// <summary>Answers and ingests: what was read and appended.</summary>
    public ImmutableArray<StateEntry> State { get; init; } = [];

    /// <summary>Compactions: 24 hex digits of the key.</summary>
    public string Key { get; init; } = "";

    /// <summary>Compactions: the epoch from now on.</summary>
    public uint Epoch { get; init; }

    /// <summary>Compactions: records that were folded or trimmed.</summary>
    public int FoldedCount { get; init; }

    /// <summary>Compactions: bytes that the compactor saw; -1 where the line does not say.</summary>
    public int FoldedLength { get; init; } = -1;

    /// <summary>Starts: whether the store was closed properly before.</summary>
    public bool IsClean { get; init; }
}
