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
    /// <remarks>
    /// A process has the nice value of the thread that starts it, and threads that load yield to requests: the worker
    /// answers requests, so a thread of the pool starts it.
    /// </remarks>
    [SuppressMessage("Reliability", "CA2000", Justification = "The scorer is the result.")]
    public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
    {
        TensorModel model = inner.Check(files, options);
        return Task.Run(() => WorkerScorer.StartAsync(workers, model, files, options, time, observer))
            .GetAwaiter().GetResult();
    }
}
