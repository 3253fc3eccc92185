using System.Collections.Concurrent;
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
    [HotPath]
    public TensorCall Rent(int signature) =>
        _idle[signature].TryDequeue(out TensorCall? call) ? call : Scorer.CreateCall(signature);

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
    }

    /// <inheritdoc/>
    public void Dispose()
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
