using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.TensorFlow;

/// <summary>
/// SavedModels in TensorFlow's C library, which is loaded with the first model that is opened. Safe for use by several
/// threads.
/// </summary>
/// <param name="libraryPath">The library's file or folder; null: where the loader looks by itself.</param>
public sealed class SavedModelScorerFactory(string? libraryPath = null) : IScorerFactory
{
    /// <inheritdoc/>
    public string Format => "savedmodel";

    /// <inheritdoc/>
    public string RunsBy => "tensorflow";

    /// <inheritdoc/>
    public void Prepare() => TensorFlowLibrary.Load(libraryPath);

    /// <inheritdoc/>
    public bool Recognises(ModelFiles files) => files.Main == SavedModelFile.MainName;

    /// <inheritdoc/>
    public TensorModel Check(ModelFiles files, TensorModelOptions options) => SavedModelFile.Read(files, options).Model;

    /// <inheritdoc/>
    public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
    {
        SavedModelFile file = SavedModelFile.Read(files, options);
        TensorFlowLibrary.Load(libraryPath);

        // Variables and tables are in memory after loading; the copy is not needed again.
        using ModelFolderLease lease = files.Materialise(file.Model.Files);
        return SavedModelScorer.Load(lease.Path, file, options);
    }
}
