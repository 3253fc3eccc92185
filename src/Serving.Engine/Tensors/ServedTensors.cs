using System.Collections.Concurrent;
using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Versions;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors;

/// <summary>
/// An open tensor model of a version and its idle calls. Disposed once the version is retired, when no request holds a
/// lease any more. Safe for use by several threads.
/// </summary>
internal sealed class ServedTensors : IDisposable
{
    // As many as requests are under way at once; more are made and disposed.
    private const int KeptMax = 64;

    private readonly ConcurrentQueue<TensorCall>[] _idle;
    private int _rented;
    private int _isClosed;
    private int _isFreed;

    /// <summary>Takes over an open model.</summary>
    public ServedTensors(ITensorScorer scorer, TensorModelOptions options)
    {
        Scorer = scorer;
        Options = options;
        _idle = [.. scorer.Model.Signatures.Select(_ => new ConcurrentQueue<TensorCall>())];
    }

    /// <summary>Runs it.</summary>
    public ITensorScorer Scorer { get; }

    /// <summary>Limits of its calls.</summary>
    public TensorModelOptions Options { get; }

    /// <summary>Sample calls of its bundle.</summary>
    public ImmutableArray<TensorRequestSample> Samples { get; init; } = [];

    /// <summary>Whether these carry no expected values.</summary>
    public bool IsUnchecked { get; init; }

    /// <summary>What is to be known of it at present.</summary>
    public TensorStatus Status => TensorStatus.Of(Scorer, IsUnchecked);

    /// <summary>
    /// Closes the models of versions that nobody will ask any more. Requests that are still on one keep its session:
    /// the process ends with them.
    /// </summary>
    public static void CloseAll(IEnumerable<ServedVersion> versions)
    {
        foreach (ServedVersion served in versions.Where(served => served.Tensors is not null))
        {
            served.Close();
            if (served.IsDrained)
            {
                served.Tensors!.Dispose();
            }
        }
    }

    /// <summary>Takes an idle call of a signature, or makes one.</summary>
    /// <exception cref="ObjectDisposedException">The model is closed: a scorer's thread that nobody waits for came too
    /// late.</exception>
    [HotPath]
    public TensorCall Rent(int signature)
    {
        TensorCall? call = null;
        Interlocked.Increment(ref _rented);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, this);
            if (!_idle[signature].TryDequeue(out call))
            {
                call = Scorer.CreateCall(signature);
            }

            return call;
        }
        finally
        {
            if (call is null)
            {
                Release();
            }
        }
    }

    /// <summary>Takes a call back.</summary>
    [HotPath]
    public void GiveBack(int signature, TensorCall call)
    {
        if (_idle[signature].Count < KeptMax)
        {
            _idle[signature].Enqueue(call);
        }
        else
        {
            call.Dispose();
        }

        Release();
    }

    /// <summary>
    /// Closes the model, at once or with the last call that is still out: a thread that nobody waits for any more may
    /// be inside the runtime.
    /// </summary>
    public void Dispose()
    {
        Interlocked.Increment(ref _rented);
        Volatile.Write(ref _isClosed, 1);
        Release();
    }

    [HotPath]
    private void Release()
    {
        if (Interlocked.Decrement(ref _rented) == 0 && Volatile.Read(ref _isClosed) != 0
            && Interlocked.Exchange(ref _isFreed, 1) == 0)
        {
            Free();
        }
    }

    private void Free()
    {
        foreach (ConcurrentQueue<TensorCall> calls in _idle)
        {
            while (calls.TryDequeue(out TensorCall? call))
            {
                call.Dispose();
            }
        }

        Scorer.Dispose();
    }
}
