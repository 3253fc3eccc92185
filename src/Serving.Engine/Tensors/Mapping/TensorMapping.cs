using System.Collections.Immutable;
using Serving.Data.Tensors;
using Serving.Models;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// How the columns of a script fill the inputs of a tensor model, and which of its outputs is the score. Everything is
/// resolved: nothing is left to defaults. Immutable, safe for use by several threads.
/// </summary>
/// <param name="SignatureIndex">Place of the signature that is called.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Inputs">Inputs that are filled; the others have values of their own.</param>
/// <param name="Score">The score.</param>
/// <param name="Link">From raw scores to scores.</param>
internal sealed record TensorMapping(
    int SignatureIndex,
    TensorSignature Signature,
    ImmutableArray<MappedInput> Inputs,
    MappedScore Score,
    ScoreLink Link)
{
    /// <summary>
    /// What a feature batch must hold: each used column once, numbers as dense inputs, columns of several ids as id
    /// inputs.
    /// </summary>
    public required ImmutableArray<ModelInput> ModelInputs { get; init; }

    /// <summary>
    /// Rows of one call at most: 1 where an input takes one row alone, or a row's score would depend on those beside
    /// it.
    /// </summary>
    public required int RowsPerCall { get; init; }

    /// <summary>The mapping with all that is known of its score.</summary>
    public TensorMapping WithScoreCount(int count) => this with { Score = Score with { Count = count } };
}
