using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Serving.State.Embedded;

/// <summary>
/// Holds a folder for this process: an exclusive lock on a file of it, which the system gives back when the process
/// ends, however it ends. Beside it stands the process's number, for the message of the one that comes second.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly SafeFileHandle _handle;
    private readonly string _holderPath;

    private FolderLock(SafeFileHandle handle, string holderPath)
    {
        _handle = handle;
        _holderPath = holderPath;
    }

    /// <summary>Takes the folder.</summary>
    /// <exception cref="FolderHeldException">Another store holds it, in this process or another.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        string holderPath = Path.Combine(folder, FolderFiles.Holder);
        SafeFileHandle handle;
        try
        {
            // .NET turns FileShare.None into flock(LOCK_EX) on Linux.
            handle = File.OpenHandle(
                Path.Combine(folder, FolderFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is WouldBlock or SharingViolation)
        {
            throw new FolderHeldException(folder, HolderOf(holderPath));
        }

        try
        {
            File.WriteAllText(holderPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            handle.Dispose();
            throw;
        }

        return new FolderLock(handle, holderPath);
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_holderPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The number is only for a message; the lock is what counts.
        }

        _handle.Dispose();
    }

    private static int HolderOf(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                ? pid
                : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
