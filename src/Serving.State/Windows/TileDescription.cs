using System.Collections.Immutable;

namespace Serving.State.Windows;

/// <summary>A tile of a blob.</summary>
/// <param name="StartMs">Its first millisecond; null for the tile without a lower end.</param>
/// <param name="Measures">What it holds of each measure of the log.</param>
public sealed record TileDescription(long? StartMs, ImmutableArray<TallyDescription> Measures);
