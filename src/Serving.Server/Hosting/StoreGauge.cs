namespace Serving.Server.Hosting;

/// <summary>A number that a store tells of itself, for the metrics page.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Description">What it says.</param>
/// <param name="Read">Reads it; called by any thread.</param>
public sealed record StoreGauge(string Name, string Description, Func<long> Read);
