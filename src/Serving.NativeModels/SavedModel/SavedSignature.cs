using System.Collections.Immutable;
using Serving.Data.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>A signature with the tensors of the graph that its names stand for.</summary>
/// <param name="Signature">What callers see.</param>
/// <param name="Inputs">The tensor of each input.</param>
/// <param name="Outputs">The tensor of each output.</param>
/// <param name="Defaults">The value of each input where a call gives none; null where it must.</param>
internal sealed record SavedSignature(
    TensorSignature Signature,
    ImmutableArray<TensorName> Inputs,
    ImmutableArray<TensorName> Outputs,
    ImmutableArray<TensorProto?> Defaults);
