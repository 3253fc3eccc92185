using Microsoft.Win32.SafeHandles;

namespace Serving.Data.Durability;

/// <summary>
/// Puts what was written to a file on the disk, and says so when the disk could not. Safe for use by several threads.
/// </summary>
/// <remarks>
/// On Linux these are fsync(2) and fdatasync(2); a signal in between is not an error. After an exception nothing is
/// known of the bytes written since the last success, and a second call may answer well although they are lost: the
/// file must be given up, never synced again. Elsewhere .NET's own flush stands in, for developers' machines: it may
/// hide an error, so no promise of durability is made there. Allocates nothing unless it throws.
/// </remarks>
public static class DurableFile
{
    /// <summary>Waits until a file's bytes and all that is known of it (length, times) are on the disk.</summary>
    /// <param name="handle">The open file, all of whose writes have returned.</param>
    /// <exception cref="IOException">
    /// The disk reports an error; the message and <c>HResult</c> hold the number of the system.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public static void Sync(SafeFileHandle handle) => Sync(handle, isDataOnly: false);

    /// <summary>
    /// Waits until a file's bytes, and of what is known of it what reading them takes (its length), are on the disk.
    /// </summary>
    /// <param name="handle">The open file, all of whose writes have returned.</param>
    /// <exception cref="IOException">
    /// The disk reports an error; the message and <c>HResult</c> hold the number of the system.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public static void SyncData(SafeFileHandle handle) => Sync(handle, isDataOnly: true);

    private static void Sync(SafeFileHandle handle, bool isDataOnly)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (OperatingSystem.IsLinux())
        {
            LinuxSync.File(handle, isDataOnly);
        }
        else
        {
            RandomAccess.FlushToDisk(handle);
        }
    }
}
