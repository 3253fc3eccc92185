using Serving.Models.Tensors;

namespace Serving.Testing.Tensors;

/// <summary>An open toy. Safe for use by several threads.</summary>
internal sealed class ToyScorer(ToyModel model, TensorModelOptions options, Action closed) : ITensorScorer
{
    private int _isClosed;
    private long _calls;

    public TensorModel Model => model.Model;

    public string RunsOn => "toybox 1";

    public long MemoryBytes => Model.WeightBytes;

    public TensorModelOptions Options => options;

    public bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    public long NextCall() => Interlocked.Increment(ref _calls);

    public TensorCall CreateCall(int signature) =>
        new ToyCall(this, Model.Signatures[signature], model.Outputs[signature]);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            closed();
        }
    }
}
