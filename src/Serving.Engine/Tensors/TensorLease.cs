using Serving.Data;
using Serving.Engine.Versions;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors;

/// <summary>The call of a raw tensor model that a request has. Not safe for use by several threads.</summary>
public sealed class TensorLease
{
    private readonly ServedTensors? _tensors;
    private int _signature;

    internal TensorLease(ServedVersion version) => _tensors = version.IsRaw ? version.Tensors : null;

    /// <summary>What the version's tensor model is; null where it is scored by rows.</summary>
    public TensorModel? Model => _tensors?.Scorer.Model;

    /// <summary>The call that <see cref="Begin"/> took.</summary>
    public TensorCall? Call { get; private set; }

    /// <summary>Most time of one call. REQUIRES: there is a model.</summary>
    public TimeSpan CallTime => _tensors!.Options.CallTime;

    /// <summary>Takes a call, which goes back with the request's context. REQUIRES: there is a model.</summary>
    [HotPath]
    public TensorCall Begin(int signature)
    {
        _signature = signature;
        Call = _tensors!.Rent(signature);
        Call.Begin();
        return Call;
    }

    /// <summary>Gives the call back.</summary>
    internal void End()
    {
        if (Call is { } call)
        {
            Call = null;
            _tensors!.GiveBack(_signature, call);
        }
    }
}
