using System.Collections.Immutable;

namespace Serving.Features.Explanation;

/// <summary>
/// What the state of one event under one key holds, for each value of the key, and what reading it costs. Immutable.
/// </summary>
/// <param name="Event">The event.</param>
/// <param name="Key">The key's fields.</param>
/// <param name="Windows">The windows that read it.</param>
/// <param name="Columns">What a record holds beside its times and its id: name and type.</param>
/// <param name="RecordBytes">Bytes of a record.</param>
/// <param name="Levels">Tiles of a full state, finest first.</param>
/// <param name="KeptRecords">Raw records that calls ask for (<c>keep</c>), beside the tiles.</param>
/// <param name="KeepWindow">The window that keeps most of them; empty where none is kept.</param>
/// <param name="RememberedMs">How long ids are remembered (R44); -1: until 4,096 newer ones came.</param>
/// <param name="Values">Values that are read from it.</param>
/// <param name="Operations">Operations of one request on a typical state.</param>
/// <param name="Nanoseconds">Estimated time of one request on a typical state.</param>
public sealed record LogExplanation(
    string Event,
    ImmutableArray<string> Key,
    ImmutableArray<string> Windows,
    ImmutableArray<string> Columns,
    int RecordBytes,
    ImmutableArray<TileLevel> Levels,
    int KeptRecords,
    string KeepWindow,
    long RememberedMs,
    int Values,
    int Operations,
    double Nanoseconds)
{
    /// <summary>Records of a typical key: the mean of a card over 30 days in the handbook's data.</summary>
    public const int TypicalRecords = 60;

    /// <summary>Ids that a key remembers at most (R44).</summary>
    public const int RememberedIds = 4096;

    /// <summary>Bytes of a remembered id.</summary>
    public const int IdBytes = 8;

    /// <summary>Bytes that every state begins with.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Bytes of the state of a key with few events: records only.</summary>
    public long TypicalBytes => HeaderBytes + ((long)TypicalRecords * RecordBytes);

    /// <summary>
    /// Greatest bytes of the state of a hot key once it is compacted: all tiles and the records that are kept. Ids that
    /// are remembered come on top (<see cref="RememberedBytes"/>): they depend on <c>late</c>, not on the windows.
    /// </summary>
    public long BoundBytes => HeaderBytes + Levels.Sum(level => level.Bytes) + ((long)KeptRecords * RecordBytes);

    /// <summary>
    /// Greatest bytes of remembered ids; a short <c>late</c> keeps next to none, a long one up to this.
    /// </summary>
    public long RememberedBytes => RememberedMs == 0 ? 0 : RememberedIds * IdBytes;
}
