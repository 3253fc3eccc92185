namespace Serving.Features.Comparison;

/// <summary>A feature's own text, the same with all it reads, and what each name that it reads means.</summary>
internal sealed record FeatureText(string Own, string Whole, IReadOnlyDictionary<string, string> Reads);
