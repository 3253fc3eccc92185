using Serving.Models.Tensors;

namespace Serving.Engine.Tensors;

/// <summary>A call of an open tensor model for as long as somebody needs it; disposing gives it back.</summary>
/// <param name="tensors">The model.</param>
/// <param name="signature">What is called.</param>
internal readonly struct CallLease(ServedTensors tensors, int signature) : IDisposable
{
    /// <summary>The call.</summary>
    public TensorCall Call { get; } = tensors.Rent(signature);

    /// <inheritdoc/>
    public void Dispose() => tensors.GiveBack(signature, Call);
}
