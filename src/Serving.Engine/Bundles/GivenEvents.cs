using Serving.Data;

namespace Serving.Engine.Bundles;

/// <summary>Events of one kind that a sample's request has behind it, in the order of their arrival.</summary>
/// <param name="Event">Name of the event.</param>
/// <param name="Rows">Its rows; read alone.</param>
public sealed record GivenEvents(string Event, RowBatch Rows);
