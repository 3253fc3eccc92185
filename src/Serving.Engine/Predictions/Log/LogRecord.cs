using System.Collections.Immutable;
using Serving.Data;
using Serving.State;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// One record of a log as it was read. Reused by its reader: what it shows holds until the next record. Not safe for
/// use by several threads.
/// </summary>
internal sealed class LogRecord
{
    /// <summary>What it tells.</summary>
    public LogFrameKind Kind { get; set; }

    /// <summary>Place in the order of all records.</summary>
    public ulong Sequence { get; set; }

    /// <summary>When it was written, ms since 1970.</summary>
    public long At { get; set; }

    /// <summary>Names and types of an answer or an ingested event.</summary>
    public LogSchema? Schema { get; set; }

    /// <summary>The request, or the event: one row.</summary>
    public RowBatch? Request { get; set; }

    /// <summary>The features before encoders: one row; null without.</summary>
    public RowBatch? Features { get; set; }

    /// <summary>Hash of the features, 32 hex digits; empty where their values stand.</summary>
    public string FeaturesHash { get; set; } = "";

    /// <summary>Name of the segment's key; empty without one.</summary>
    public string Key { get; set; } = "";

    /// <summary>Masked fields: their place, how, and the bytes.</summary>
    public Dictionary<int, (byte Head, byte[] Bytes)> Masked { get; } = [];

    /// <summary>Flags of an answer.</summary>
    public ushort Flags { get; set; }

    /// <summary>Why there was no answer.</summary>
    public ErrorCode Error { get; set; }

    /// <summary>Timings in microseconds: state, features, model, total.</summary>
    public uint[] Timings { get; } = new uint[4];

    /// <summary>Trace id, 32 hex digits; empty without one.</summary>
    public string Trace { get; set; } = "";

    /// <summary>Label of the route; empty where the request was not routed.</summary>
    public string Label { get; set; } = "";

    /// <summary>Bucket of the route.</summary>
    public int Bucket { get; set; }

    /// <summary>Generation of the table that routed.</summary>
    public long Generation { get; set; }

    /// <summary>Step that answered; empty where the model knows none.</summary>
    public string Step { get; set; } = "";

    /// <summary>Decision; empty without one.</summary>
    public string Decision { get; set; } = "";

    /// <summary>Share of would-be declines that are let through, where this answer is one; else 0.</summary>
    public double Explored { get; set; }

    /// <summary>Codes of the decision's reasons.</summary>
    public ImmutableArray<string> Reasons { get; set; } = [];

    /// <summary>Scores.</summary>
    public double[] Scores { get; set; } = [];

    /// <summary>Raw scores.</summary>
    public double[] RawScores { get; set; } = [];

    /// <summary>Accesses to the store: name of the event, the access.</summary>
    public List<(string Event, StateAccess Access)> State { get; } = [];

    /// <summary>Compactions: key, epoch, records, bytes.</summary>
    public (StateKey Key, uint Epoch, uint Records, uint Read) Compaction { get; set; }

    /// <summary>Starts: name of the server.</summary>
    public string Server { get; set; } = "";

    /// <summary>Starts: whether the store was closed properly before.</summary>
    public bool IsClean { get; set; }

    /// <summary>Losses: answers without a record.</summary>
    public long Lost { get; set; }
}
