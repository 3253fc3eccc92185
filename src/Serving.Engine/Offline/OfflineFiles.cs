using System.Collections.Immutable;
using Serving.Engine.Offline.Feeds;

namespace Serving.Engine.Offline;

/// <summary>The files of an offline run over a script with windows, and what reading them may take.</summary>
public sealed record OfflineFiles
{
    /// <summary>Default of <see cref="MemoryBytes"/>.</summary>
    public const long MemoryBytesDefault = 2L << 30;

    /// <summary>Opens the rows of each event, by the event's name; the request's are always there.</summary>
    public required ImmutableDictionary<string, RowOpener> Openers { get; init; }

    /// <summary>
    /// Bytes that rows may take while they are sorted; beyond it they go to temporary files. Files that are ordered
    /// already, requests by time and events by known, are never sorted.
    /// </summary>
    public long MemoryBytes { get; init; } = MemoryBytesDefault;

    /// <summary>Folder of temporary files.</summary>
    public required string SpillFolder { get; init; }

    /// <summary>
    /// Whether results can be thrown away and made again, as those of a file can and those on stdout cannot: where not,
    /// the order of the files is looked at before the first result.
    /// </summary>
    public bool MayBeginAgain { get; init; } = true;

    /// <summary>How many parts keys are split into; each is worked off by one thread. 0: by the threads.</summary>
    public int PartitionCount { get; init; }
}
