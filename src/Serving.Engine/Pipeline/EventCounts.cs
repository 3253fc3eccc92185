using System.Runtime.InteropServices;

namespace Serving.Engine.Pipeline;

/// <summary>What became of the rows of one call as events, beside being accepted.</summary>
/// <param name="Repeated">Rows whose id was there under a key of theirs (R44): answered, not counted again.</param>
/// <param name="Conflicting">
/// Those of them that say something else than the first: other times or kept values, or another key (hardening.md 66).
/// </param>
/// <param name="Late">Rows that became known later than <c>late</c> allows (R54): answered, no events.</param>
/// <param name="Behind">
/// Rows whose time lies behind what the state of a key can still tell: answered without windows.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EventCounts(int Repeated, int Conflicting, int Late, int Behind)
{
    /// <summary>Whether there is nothing to count.</summary>
    public bool IsEmpty => (Repeated | Conflicting | Late | Behind) == 0;
}
