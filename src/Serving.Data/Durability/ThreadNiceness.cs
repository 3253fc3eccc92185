using System.Runtime.InteropServices;

namespace Serving.Data.Durability;

/// <summary>
/// Lets a thread yield to all others. <c>Thread.Priority</c> does nothing on Linux (dotnet/runtime issue 91165), so the
/// thread's nice value is set by the C library. Safe for use by several threads: each sets its own.
/// </summary>
public static class ThreadNiceness
{
    private const int PrioProcess = 0;
    private const int CallingThread = 0;
    private const int Lowest = 19;

    /// <summary>
    /// Gives the calling thread the lowest priority, for good: only for threads of one's own, never for one of the
    /// pool.
    /// </summary>
    /// <returns>False where the system did not do it; the thread then runs as any other.</returns>
    public static bool LowerCurrentThread() =>
        OperatingSystem.IsLinux() && SetPriority(PrioProcess, CallingThread, Lowest) == 0;

    /// <summary>setpriority(2): on Linux its "process 0" is the calling thread alone.</summary>
    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, int who, int niceness);
}
