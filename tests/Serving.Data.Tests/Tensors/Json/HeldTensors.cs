using Serving.Data.Tensors;

namespace Serving.Data.Tests.Tensors.Json;

/// <summary>A call that runs nothing: what was read into it stays, and its outputs are set by the test.</summary>
internal sealed class HeldTensors(TensorSignature signature) : ITensorExchange
{
    private readonly TensorBuffer[] _inputs = [.. signature.Inputs.Select(_ => new TensorBuffer())];
    private readonly TensorValue[] _outputs = [.. signature.Outputs.Select(_ => new TensorValue())];
    private readonly bool[] _isGiven = new bool[signature.Inputs.Length];
    private readonly bool[] _isWanted = [.. signature.Outputs.Select(_ => true)];

    public TensorSignature Signature { get; } = signature;

    public TensorBuffer Input(int index)
    {
        _isGiven[index] = true;
        return _inputs[index];
    }

    public bool IsGiven(int index) => _isGiven[index];

    public void Want(int index, bool isWanted) => _isWanted[index] = isWanted;

    public bool IsWanted(int index) => _isWanted[index];

    public TensorValue Output(int index) => _outputs[index];
}
