using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Tensors;
using Serving.Models.Tensors;

namespace Serving.Engine.Versions;

/// <summary>What a Ready version takes and answers, for documents about it. Immutable but for the samples.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Request">The request's fields that clients see.</param>
/// <param name="Features">The features before encoders, as an answer with features holds them.</param>
/// <param name="OutputCount">Raw scores of one row.</param>
/// <param name="ScoreCount">Scores of one row.</param>
/// <param name="Samples">Sample requests that may be sent now; to be read alone; null without any.</param>
public sealed record VersionDescription(
    string Model,
    long Version,
    RowSchema Request,
    RowSchema Features,
    int OutputCount,
    int ScoreCount,
    RowBatch? Samples)
{
    /// <summary>Its tensor model, where it is served raw; else null, and all above is of rows.</summary>
    public TensorModel? Tensors { get; init; }

    /// <summary>Whether calls change what later ones answer.</summary>
    public bool IsStateful { get; init; }

    /// <summary>Sample calls of a version that is served raw.</summary>
    public ImmutableArray<TensorRequestSample> Calls { get; init; } = [];
}
