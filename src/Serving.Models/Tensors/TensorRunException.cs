using Serving.Data;

namespace Serving.Models.Tensors;

/// <summary>A tensor model did not answer: its runtime failed, or had no time, memory or worker left.</summary>
public sealed class TensorRunException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">Why, as the wires say it: InvalidArgument where the model itself refuses the values,
    /// DeadlineExceeded, ResourceExhausted (memory, or a full queue), Unavailable (a worker died), Internal.</param>
    /// <param name="message">What the runtime said, in one line.</param>
    /// <param name="inner">The runtime's own exception.</param>
    public TensorRunException(ErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>Why.</summary>
    public ErrorCode Code { get; }
}
