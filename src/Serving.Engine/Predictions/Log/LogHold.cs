using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Holds a log's folder for this process: an exclusive lock on a file of it, which the system gives back when the
/// process ends, however it ends.
/// </summary>
internal sealed class LogHold : IDisposable
{
    private const int WouldBlock = 11;
    private const int SharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(200);

    private readonly SafeFileHandle _handle;
    private readonly string _holder;

    private LogHold(SafeFileHandle handle, string holder)
    {
        _handle = handle;
        _holder = holder;
    }

    /// <summary>Takes the folder.</summary>
    /// <exception cref="LogHeldException">Somebody holds it, in this process or another.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static LogHold Take(string folder)
    {
        string holder = Path.Combine(folder, LogFiles.Holder);
        SafeFileHandle? handle = null;

        // Who reads beside a server looks at the lock for a moment.
        if (!SpinWait.SpinUntil(() => (handle = TryOpen(folder)) is not null, s_glance))
        {
            throw new LogHeldException(folder, HolderOf(holder));
        }

        try
        {
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // The number is only for a message; the lock is what counts.
        }

        return new LogHold(handle!, holder);
    }

    /// <summary>Whether a server holds the folder now, so that its last segment still grows.</summary>
    public static bool IsHeld(string folder)
    {
        if (!File.Exists(Path.Combine(folder, LogFiles.Lock)))
        {
            return false;
        }

        try
        {
            using SafeFileHandle? handle = TryOpen(folder);
            return handle is null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The number is only for a message.
        }

        _handle.Dispose();
    }

    // .NET turns FileShare.None into flock(LOCK_EX) on Linux.
    private static SafeFileHandle? TryOpen(string folder)
    {
        try
        {
            return File.OpenHandle(
                Path.Combine(folder, LogFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is WouldBlock or SharingViolation)
        {
            return null;
        }
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
