using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Serving.Data.Durability;

/// <summary>
/// Holds a folder for this process: an exclusive lock on a file of it, which the system gives back when the process
/// ends, however it ends. Beside it stands the process's number, for the message of the one that comes second.
/// </summary>
public sealed class FolderHold : IDisposable
{
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    // Nobody signals it: a wait for it is a pause of a millisecond.
    private static readonly object s_pause = new();

    private readonly SafeFileHandle _handle;
    private readonly string _holderPath;

    private FolderHold(SafeFileHandle handle, string holderPath)
    {
        _handle = handle;
        _holderPath = holderPath;
    }

    /// <summary>Takes a folder; null where somebody holds it, in this process or another.</summary>
    /// <param name="lockPath">The file that is locked; made where it is missing.</param>
    /// <param name="holderPath">The file that says the process's number.</param>
    /// <param name="looks">
    /// How often it is tried, a millisecond apart: who asks <see cref="IsHeld"/> holds the lock for a moment.
    /// </param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FolderHold? TryTake(string lockPath, string holderPath, int looks = 1)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = TryOpen(lockPath, looks);
            if (handle is null)
            {
                return null;
            }

            WriteHolder(holderPath);
            var hold = new FolderHold(handle, holderPath);
            handle = null;
            return hold;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <summary>Whether a process holds the folder now; what cannot be looked at is not held.</summary>
    public static bool IsHeld(string lockPath)
    {
        if (!File.Exists(lockPath))
        {
            return false;
        }

        try
        {
            using SafeFileHandle? handle = TryOpen(lockPath);
            return handle is null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Number of the process that holds a folder, as it said itself; 0 where it is not known.</summary>
    public static int HolderOf(string holderPath)
    {
        try
        {
            return int.TryParse(
                File.ReadAllText(holderPath), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? process
                : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
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
            // The number is only for a message.
        }

        _handle.Dispose();
    }

    private static void WriteHolder(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The number is only for a message; the lock is what counts.
        }
    }

    private static SafeFileHandle? TryOpen(string path, int looks)
    {
        SafeFileHandle? handle = TryOpen(path);
        for (int look = 1; handle is null && look < looks; look++)
        {
            lock (s_pause)
            {
                Monitor.Wait(s_pause, 1);
            }

            handle = TryOpen(path);
        }

        return handle;
    }

    // .NET turns FileShare.None into flock(LOCK_EX) on Linux.
    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is WouldBlock or SharingViolation)
        {
            return null;
        }
    }
}
