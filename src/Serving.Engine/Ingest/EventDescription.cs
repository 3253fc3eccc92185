using Serving.Data;

namespace Serving.Engine.Ingest;

/// <summary>An event that may be brought, for documents about it. Immutable.</summary>
/// <param name="Set">Name of the feature set.</param>
/// <param name="Fields">Its fields; the schema's name is the event's.</param>
public sealed record EventDescription(string Set, RowSchema Fields);
