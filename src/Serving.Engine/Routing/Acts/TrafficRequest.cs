using System.Collections.Immutable;

namespace Serving.Engine.Routing.Acts;

/// <summary>Which shares a model's versions are to have. Immutable.</summary>
/// <param name="Split">Buckets by version or label; together 10,000. Null leaves the split as it is.</param>
/// <param name="Shadow">Buckets of copies by version or label. Null leaves them as they are.</param>
/// <param name="By">The field to split by; empty: by the request's id; null leaves it as it is.</param>
public sealed record TrafficRequest(
    ImmutableSortedDictionary<string, int>? Split, ImmutableSortedDictionary<string, int>? Shadow, string? By);
