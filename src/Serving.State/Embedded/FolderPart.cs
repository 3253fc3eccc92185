using Microsoft.Win32.SafeHandles;

namespace Serving.State.Embedded;

/// <summary>An open file of a folder.</summary>
/// <param name="Sequence">The sequence in its name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Handle">The file, to be read.</param>
internal sealed record FolderPart(ulong Sequence, string Path, SafeFileHandle Handle)
{
    /// <summary>Opens a file that others may write and delete meanwhile.</summary>
    public static FolderPart Open(ulong sequence, string path)
    {
#pragma warning disable CA2000 // The image that holds the part disposes it.
        SafeFileHandle handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
#pragma warning restore CA2000
        return new FolderPart(sequence, path, handle);
    }
}
