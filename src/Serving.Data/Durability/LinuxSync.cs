using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Serving.Data.Durability;

/// <summary>
/// The C library's calls that put bytes on the disk. .NET's own (<c>FileStream.Flush(true)</c>,
/// <c>RandomAccess.FlushToDisk</c>) return normally when the disk reports an error (measured on 10.0.12 with injected
/// errors: <c>SystemNative_FSync</c> answers 1, the caller looks for a negative number), and open no folder.
/// </summary>
internal static class LinuxSync
{
    /// <summary>A signal came before anything was done; the call is repeated.</summary>
    private const int Interrupted = 4;

    /// <summary>The file system has no such operation for this kind of file.</summary>
    private const int Invalid = 22;

    private const int ReadOnlyCloseOnExec = 0x80000;

    public static void File(SafeFileHandle handle, bool isDataOnly)
    {
        int error = Repeat(handle, isDataOnly);
        if (error != 0)
        {
            throw Failure(isDataOnly ? "fdatasync" : "fsync", error);
        }
    }

    public static void Folder(string path)
    {
        // The slash at the end lets open refuse a file, as O_DIRECTORY does, whose value differs between processors.
        byte[] name = Encoding.UTF8.GetBytes(path.TrimEnd('/') + "/\0");
        int descriptor;
        int error;
        do
        {
            descriptor = Open(name, ReadOnlyCloseOnExec);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);

        if (error != 0)
        {
            throw Failure($"open of the folder '{path}'", error);
        }

        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        error = Repeat(handle, isDataOnly: false);

        // Some network file systems sync no folders and say EINVAL (PostgreSQL's fsync_fname passes over it too).
        if (error is not (0 or Invalid))
        {
            throw Failure($"fsync of the folder '{path}'", error);
        }
    }

    // Only EINTR is repeated. After any other error the kernel has dropped the pages that it could not write, and the
    // next call would answer 0 for bytes that are lost.
    private static int Repeat(SafeFileHandle handle, bool isDataOnly)
    {
        while ((isDataOnly ? DataSync(handle) : Sync(handle)) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    private static IOException Failure(string what, int error) =>
        new($"{what} failed: {new Win32Exception(error).Message} (errno {error})", error);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DataSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);
}
