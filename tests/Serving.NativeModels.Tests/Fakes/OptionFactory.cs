using System.Collections.Concurrent;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Tests.Fakes;

/// <summary>Opens a <see cref="RowSumScorer"/> of one peculiarity, and counts what is open and what ran.</summary>
internal sealed class OptionFactory(RowSumOption option) : IScorerFactory
{
    private int _open;

    public string Format => "fake";

    public string RunsBy => "a fake";

    public RowSumOption Option => option;

    public int OpenCount => _open;

    /// <summary>Rows of every run.</summary>
    public ConcurrentQueue<int> RowsRun { get; } = [];

    public bool Recognises(ModelFiles files) => true;

    public TensorModel Check(ModelFiles files, TensorModelOptions options)
    {
        using var scorer = new RowSumScorer();
        return ModelOf(scorer);
    }

    public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
    {
        Interlocked.Increment(ref _open);
        return new Scorer(this);
    }

    private TensorModel ModelOf(RowSumScorer scorer) => scorer.Model with
    {
        IsStateful = option == RowSumOption.Stateful, IsRandom = option == RowSumOption.Random,
    };

    private sealed class Scorer(OptionFactory owner) : ITensorScorer
    {
        private readonly RowSumScorer _inner = new() { MixesRows = owner.Option == RowSumOption.Mixes };

        public TensorModel Model => owner.ModelOf(_inner);

        public string RunsOn => _inner.RunsOn;

        public long MemoryBytes => 0;

        public TensorCall CreateCall(int signature) => new Call(owner, _inner.CreateCall(signature));

        public void Dispose()
        {
            _inner.Dispose();
            Interlocked.Decrement(ref owner._open);
        }
    }

    private sealed class Call : TensorCall
    {
        private readonly OptionFactory _owner;
        private readonly TensorCall _inner;

        public Call(OptionFactory owner, TensorCall inner)
            : base(inner)
        {
            _owner = owner;
            _inner = inner;
        }

        protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation)
        {
            _owner.RowsRun.Enqueue((int)InputBuffer(0).Shape[0]);
            return _inner.RunAsync(timeLeft, cancellation);
        }

        protected override void Dispose(bool disposing)
        {
            _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
