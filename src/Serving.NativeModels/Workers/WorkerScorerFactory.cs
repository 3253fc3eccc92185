using System.Diagnostics.CodeAnalysis;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>
/// Opens models of another factory in worker processes. Safe for use by several threads.
/// </summary>
/// <param name="inner">Recognises and checks the files, here; the worker has one of its own that opens them.</param>
/// <param name="workers">How workers are started.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Is told what workers do.</param>
public sealed class WorkerScorerFactory(
    IScorerFactory inner, WorkerOptions workers, TimeProvider time, IWorkerObserver? observer = null) : IScorerFactory
{
    /// <inheritdoc/>
    public string Format => inner.Format;

    /// <inheritdoc/>
    public string RunsBy => inner.RunsBy;

    /// <inheritdoc/>
    public bool Recognises(ModelFiles files) => inner.Recognises(files);

    /// <inheritdoc/>
    public TensorModel Check(ModelFiles files, TensorModelOptions options) => inner.Check(files, options);

    /// <inheritdoc/>
    [SuppressMessage("Reliability", "CA2000", Justification = "The scorer is the result.")]
    public ITensorScorer Open(ModelFiles files, TensorModelOptions options) =>
        WorkerScorer.StartAsync(workers, inner.Check(files, options), files, options, time, observer)
            .GetAwaiter().GetResult();
}
