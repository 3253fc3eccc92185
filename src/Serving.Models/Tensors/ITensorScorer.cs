namespace Serving.Models.Tensors;

/// <summary>
/// A tensor model ready to run: in a native runtime here, in one in a worker process, or through a queue that forms
/// batches. Safe for use by several threads; each has its own <see cref="TensorCall"/>.
/// </summary>
public interface ITensorScorer : IDisposable
{
    /// <summary>What the model is.</summary>
    TensorModel Model { get; }

    /// <summary>What runs it, e.g. <c>onnxruntime 1.31.1, CPU</c>: for status and <c>model show</c>.</summary>
    string RunsOn { get; }

    /// <summary>Memory that the model holds, in bytes, as far as it can be known.</summary>
    long MemoryBytes { get; }

    /// <summary>Whether calls run elsewhere than in the caller's thread: in a batch with others, or a worker process.
    /// </summary>
    bool IsDeferred => false;

    /// <summary>How it is hosted at present.</summary>
    TensorHost Host => TensorHost.Plain;

    /// <summary>
    /// Makes what one call after another is filled into and read from. Takes its time and memory: keep it in a pool.
    /// </summary>
    /// <param name="signature">Index into the model's signatures.</param>
    TensorCall CreateCall(int signature);
}
