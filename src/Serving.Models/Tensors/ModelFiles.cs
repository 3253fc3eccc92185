namespace Serving.Models.Tensors;

/// <summary>
/// The files of a model: a folder on disk, or verified bytes of a bundle. Readers see nothing else. Safe for use by
/// several threads.
/// </summary>
public abstract class ModelFiles
{
    /// <summary>
    /// Relative path of the main file with '/': <c>model.onnx</c>, <c>saved_model.pb</c>. Other paths are beside it.
    /// </summary>
    public abstract string Main { get; }

    /// <summary>Relative paths of all regular files beside the main one, it among them, with '/'.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Bytes of a file; -1 where there is none.</summary>
    /// <param name="name">Relative path; one that leaves the folder names no file.</param>
    public abstract long LengthOf(string name);

    /// <summary>The bytes of a file, or null where there is none. The same memory each time.</summary>
    public abstract ReadOnlyMemory<byte>? Read(string name);

    /// <summary>
    /// The files as a folder on disk for a runtime that opens paths: the folder itself, or a private copy that is
    /// removed with the lease.
    /// </summary>
    /// <param name="names">Which files are needed; links and all else beside them are not there in a copy.</param>
    public abstract ModelFolderLease Materialise(IReadOnlyList<string> names);
}
