namespace Serving.Features.Explanation;

/// <summary>The tiles of one step that a full state holds, and the span that asks for them.</summary>
/// <param name="Window">The window that reaches furthest at this step.</param>
/// <param name="Span">Its span as written, <c>lifetime</c>, or <c>delay 7d</c> where its young edge asks.</param>
/// <param name="StepMs">The step in milliseconds.</param>
/// <param name="Tiles">Greatest number of tiles.</param>
/// <param name="TileBytes">Bytes of one.</param>
public sealed record TileLevel(string Window, string Span, long StepMs, long Tiles, int TileBytes)
{
    /// <summary>The step as a script spells it.</summary>
    public string Step => DurationText.Of(StepMs);

    /// <summary>Bytes of all tiles of the level.</summary>
    public long Bytes => Tiles * TileBytes;
}
