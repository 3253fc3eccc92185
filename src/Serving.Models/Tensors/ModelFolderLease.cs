namespace Serving.Models.Tensors;

/// <summary>A folder of model files that is there until disposal.</summary>
/// <param name="path">Full path of the folder.</param>
/// <param name="isPrivate">Whether it was made for this lease, and is removed with it.</param>
public sealed class ModelFolderLease(string path, bool isPrivate) : IDisposable
{
    /// <summary>Full path of the folder.</summary>
    public string Path { get; } = path;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isPrivate && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
