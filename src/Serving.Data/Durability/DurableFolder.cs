namespace Serving.Data.Durability;

/// <summary>
/// Puts the names in a folder on the disk: without it a file that was created or renamed may be gone after a loss of
/// power although its bytes were synced. Safe for use by several threads.
/// </summary>
public static class DurableFolder
{
    /// <summary>
    /// Waits until all files and folders that were created, renamed or removed in a folder are so on the disk. Their
    /// own bytes are <see cref="DurableFile"/>'s part. Does nothing but on Linux: Windows cannot sync a folder, and no
    /// promise of durability is made elsewhere. A file system that keeps no folders to sync (EINVAL) is no error.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">
    /// There is no such folder, it may not be read, or the disk reports an error; the message and <c>HResult</c> hold
    /// the number of the system.
    /// </exception>
    public static void Sync(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a path holds no NUL", nameof(path));
        }

        if (OperatingSystem.IsLinux())
        {
            LinuxSync.Folder(path);
        }
    }
}
