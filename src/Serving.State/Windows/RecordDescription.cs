using System.Collections.Immutable;

namespace Serving.State.Windows;

/// <summary>A record of a blob.</summary>
/// <param name="TimeMs">Time of the event.</param>
/// <param name="KnownMs">When it became known.</param>
/// <param name="Id">Its id: number, text where held, else the hash as 16 hex digits.</param>
/// <param name="Columns">The log's columns as cells of a file; null where missing.</param>
public sealed record RecordDescription(long TimeMs, long KnownMs, string Id, ImmutableArray<string?> Columns);
