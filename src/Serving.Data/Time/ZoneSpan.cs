using System.Runtime.InteropServices;

namespace Serving.Data.Time;

/// <summary>Instants between which a zone's offset stays the same.</summary>
/// <param name="First">First instant in milliseconds since 1970 UTC.</param>
/// <param name="Last">Last instant.</param>
/// <param name="OffsetMs">Local time minus UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ZoneSpan(long First, long Last, int OffsetMs);
