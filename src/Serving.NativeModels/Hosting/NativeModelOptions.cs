using Serving.Models.Tensors;
using Serving.NativeModels.Batching;

namespace Serving.NativeModels.Hosting;

/// <summary>How a server hosts a tensor model. Immutable.</summary>
public sealed record NativeModelOptions
{
    /// <summary>Limits, operators, threads and providers.</summary>
    public TensorModelOptions Tensors { get; init; } = TensorModelOptions.Default;

    /// <summary>Whether it runs in a worker process.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>Whether a second process waits to take the worker's place.</summary>
    public bool KeepsSpare { get; init; } = true;

    /// <summary>How its calls form batches; null: they form none.</summary>
    public BatchingOptions? Batching { get; init; } = BatchingOptions.Default;

    /// <summary>Whether calls form batches also where the model has state or answers by chance.</summary>
    public bool IsBatchingForced { get; init; }
}
