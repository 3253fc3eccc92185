using System.Collections.Immutable;
using Serving.Data;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>A signature with the loaded graph's tensors. Immutable; valid as long as the graph.</summary>
/// <param name="Saved">The signature as the file has it.</param>
/// <param name="Inputs">The tensor of each input.</param>
/// <param name="Outputs">The tensor of each output.</param>
internal sealed record BoundSignature(
    SavedSignature Saved, ImmutableArray<NativeOutput> Inputs, ImmutableArray<NativeOutput> Outputs)
{
    /// <summary>Looks the tensors up.</summary>
    /// <exception cref="InputException">The loaded graph lacks one.</exception>
    public static BoundSignature Bind(GraphHandle graph, SavedSignature saved) => new(
        saved,
        [.. saved.Inputs.Select(tensor => Find(graph, tensor))],
        [.. saved.Outputs.Select(tensor => Find(graph, tensor))]);

    private static NativeOutput Find(GraphHandle graph, TensorName tensor)
    {
        nint operation = TensorFlowNative.TF_GraphOperationByName(graph, tensor.Node);
        if (operation == 0 || tensor.Index >= TensorFlowNative.TF_OperationNumOutputs(operation))
        {
            throw new InputException(new InputProblem(
                SavedModelFile.MainName,
                $"no tensor {FileProblems.Quote(tensor.Node)}:{tensor.Index} in the loaded graph",
                "the tensors of its signatures"));
        }

        return new NativeOutput { Operation = operation, Index = tensor.Index };
    }
}
