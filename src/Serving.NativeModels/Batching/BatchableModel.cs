using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>Whether rows of several calls may run as one.</summary>
public static class BatchableModel
{
    /// <summary>Why a model's calls are not put together, in one sentence; null where they may be.</summary>
    /// <param name="model">The model.</param>
    /// <param name="signature">Index of the signature.</param>
    /// <param name="isForced">Whether calls that change state, or answer by chance, may be put together too.</param>
    /// <remarks>
    /// What is declared is necessary, not enough: a model may mix its rows all the same (scales of a dynamic
    /// quantisation, statistics over a batch). <see cref="BatchProbe"/> finds that by running it.
    /// </remarks>
    public static string? ReasonAgainst(TensorModel model, int signature, bool isForced = false)
    {
        TensorSignature call = model.Signatures[signature];
        if (model.IsStateful && !isForced)
        {
            return "calls change its state";
        }

        if (model.IsRandom && !isForced)
        {
            return "equal calls may answer differently";
        }

        foreach (TensorSpec input in call.Inputs)
        {
            if (input.Shape is not [-1, ..])
            {
                return $"input {input} has no free first dimension";
            }
        }

        foreach (TensorSpec output in call.Outputs)
        {
            bool isByRow = output.Kind == TensorKind.MapSequence
                || (output.Kind == TensorKind.Tensor && output.Shape is [-1, ..]);
            if (!isByRow)
            {
                return $"output {output} has no free first dimension";
            }
        }

        return call.Inputs.IsEmpty ? "it has no inputs" : null;
    }
}
