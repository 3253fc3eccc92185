namespace Serving.Engine.Routing.Durable;

/// <summary>What a line of the audit says of itself. Immutable.</summary>
/// <param name="Seq">Its number, from 1.</param>
/// <param name="Previous">Hash of the line before it.</param>
/// <param name="Hash">The hash that stands in it.</param>
/// <param name="Computed">The hash of its bytes.</param>
/// <param name="Table">The model's table after the act; null where nothing changed.</param>
internal sealed record AuditEntry(long Seq, string Previous, string Hash, string Computed, TrafficState? Table);
