using System.Collections.Immutable;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>How versions of a model come and go; what a publication does not say. Immutable.</summary>
public sealed record TrafficOptions
{
    /// <summary>The field to split by until an act names one; null: by the request's id.</summary>
    public string? By { get; init; }

    /// <summary>Shares of a canary's plan, in buckets.</summary>
    public ImmutableArray<int> Steps { get; init; } = [100, 1_000, 5_000, 10_000];

    /// <summary>How long each step lasts at least.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What a canary is judged by.</summary>
    public GateOptions Gates { get; init; } = new();
}
