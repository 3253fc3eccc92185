namespace Serving.Data.Tensors;

/// <summary>
/// Inputs and outputs of one call of a signature, filled and read by the wires. Not safe for use by several threads.
/// </summary>
public interface ITensorExchange
{
    /// <summary>What is called.</summary>
    TensorSignature Signature { get; }

    /// <summary>The input to fill, which counts as given from now on.</summary>
    TensorBuffer Input(int index);

    /// <summary>Whether an input was given.</summary>
    bool IsGiven(int index);

    /// <summary>Chooses whether an output is wanted; one at least must be.</summary>
    void Want(int index, bool isWanted);

    /// <summary>Whether an output is wanted.</summary>
    bool IsWanted(int index);

    /// <summary>An output that was wanted, after the run.</summary>
    TensorValue Output(int index);
}
