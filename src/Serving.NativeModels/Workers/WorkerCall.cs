using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>A call that a worker process runs.</summary>
internal sealed class WorkerCall(WorkerScorer owner, int index, TensorSignature signature) : TensorCall(signature)
{
    protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation) =>
        owner.RunAsync(this, index, timeLeft, cancellation);
}
