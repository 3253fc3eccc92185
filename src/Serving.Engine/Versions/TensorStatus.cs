using Serving.Models.Tensors;

namespace Serving.Engine.Versions;

/// <summary>What is to be known of a version's open tensor model. Immutable.</summary>
/// <param name="RunsOn">What runs it, and why no provider before that one does.</param>
/// <param name="Host">In which process, and whether its calls form batches.</param>
/// <param name="IsUnchecked">Whether its samples carry no expected values: it was packed without its
/// runtime.</param>
public sealed record TensorStatus(string RunsOn, TensorHost Host, bool IsUnchecked)
{
    /// <summary>The status of an open model.</summary>
    internal static TensorStatus Of(ITensorScorer scorer, bool isUnchecked) =>
        new(scorer.RunsOn, scorer.Host, isUnchecked);
}
