using System.Globalization;
using System.Runtime.InteropServices;

namespace Serving.State;

/// <summary>
/// Names one blob of state: one entity (values of a window's key fields) of one log of one feature set. Twelve bytes
/// address it; <paramref name="Check"/> stands inside the blob, so that a foreign blob or a collision is seen.
/// </summary>
/// <param name="Set">Low 32 bits of XXH64 (seed 0) of the set's name.</param>
/// <param name="Digest">
/// XXH64 of the key values, seeded with the XXH64 (seed 0) of event name, key field names and schema hash.
/// </param>
/// <param name="Check">The same with seed 1 (docs/state-format.md).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StateKey(uint Set, ulong Digest, ulong Check)
{
    /// <summary>The address as 24 hex digits: set, then digest (records of answers, <c>state dump</c>).</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Set:x8}{Digest:x16}");
}
