using System.Collections.Immutable;

namespace Serving.State.Windows;

/// <summary>What stands in a blob, in forms that JSON holds. Immutable.</summary>
/// <param name="IsSound">Whether every check holds; where not, what follows is what was readable.</param>
/// <param name="Bytes">Length of the blob.</param>
/// <param name="Epoch">Number of compactions.</param>
/// <param name="Schema">Schema hash, 16 hex digits.</param>
/// <param name="ReadableFromMs">Requests before it cannot be answered; null where nothing was folded.</param>
/// <param name="TileBytes">Bytes of the tiles.</param>
/// <param name="Tiles">The tiles, ascending.</param>
/// <param name="IdBytes">Bytes of the remembered ids.</param>
/// <param name="Ids">Number of remembered ids.</param>
/// <param name="Kept">Folded records that calls with <c>keep</c> may still see.</param>
/// <param name="TailBytes">Bytes of the raw records.</param>
/// <param name="Tail">The raw records in the order of their appends.</param>
public sealed record BlobDescription(
    bool IsSound,
    int Bytes,
    uint Epoch,
    string Schema,
    long? ReadableFromMs,
    int TileBytes,
    ImmutableArray<TileDescription> Tiles,
    int IdBytes,
    int Ids,
    ImmutableArray<RecordDescription> Kept,
    int TailBytes,
    ImmutableArray<RecordDescription> Tail);
