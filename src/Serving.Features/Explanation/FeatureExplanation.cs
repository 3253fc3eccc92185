using System.Collections.Immutable;

namespace Serving.Features.Explanation;

/// <summary>What one let or feature member is and costs.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Kind">let, feature or label.</param>
/// <param name="Type">Type before encoders.</param>
/// <param name="Encoders">The chain of encoders as written; empty without one.</param>
/// <param name="Columns">Columns that a model sees; empty for a let.</param>
/// <param name="Ids">Number of ids of its columns, 0 for continuous ones, -1 where fitting decides.</param>
/// <param name="Reads">Fields, lets, features and windows that it reads.</param>
/// <param name="Operations">Operations of one evaluation.</param>
/// <param name="Nanoseconds">Estimated time of one evaluation.</param>
public sealed record FeatureExplanation(
    string Name,
    string Kind,
    string Type,
    string Encoders,
    ImmutableArray<string> Columns,
    long Ids,
    ImmutableArray<string> Reads,
    int Operations,
    double Nanoseconds);
