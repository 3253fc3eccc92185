using Serving.Models.Tensors;
using Serving.NativeModels.Onnx;
using Serving.NativeModels.TensorFlow;

namespace Serving.Cli.TensorModels;

/// <summary>The native runtimes that this program brings.</summary>
internal static class NativeRuntimes
{
    /// <summary>Variable that says where TensorFlow's library is, where no option does.</summary>
    public const string LibraryVariable = "SERVING_TENSORFLOW_LIBRARY";

    /// <summary>The factories; none of them loads a library before a model is opened.</summary>
    /// <param name="tensorFlowLibrary">The library's file or folder; null: the variable, else the loader's
    /// path.</param>
    public static IReadOnlyList<IScorerFactory> Of(string? tensorFlowLibrary)
    {
        string? library = tensorFlowLibrary ?? Environment.GetEnvironmentVariable(LibraryVariable);
        return [new OnnxScorerFactory(TimeProvider.System), new SavedModelScorerFactory(library)];
    }
}
