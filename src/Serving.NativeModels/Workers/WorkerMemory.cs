using System.Globalization;
using System.Runtime.InteropServices;

namespace Serving.NativeModels.Workers;

/// <summary>Bounds the memory of this process, a worker that has loaded its model.</summary>
/// <remarks>
/// Private writable memory is bounded (RLIMIT_DATA), not addresses: .NET reserves far more of these than it uses. A
/// runtime that gets no more fails the call; one that does not look dies, and its server starts the next worker.
/// </remarks>
internal static partial class WorkerMemory
{
    private const int DataLimit = 2;
    private const string DataLine = "VmData:";

    /// <summary>What .NET may take beside the calls: its heap between two collections, stacks of threads.</summary>
    private const long OwnBytes = 256L << 20;

    /// <summary>
    /// Lets all calls together take so many bytes beyond what the process has now. Where the whole machine has none
    /// left, the kernel looks at this process before its server.
    /// </summary>
    public static void Bound(long callBytes)
    {
        if (!OperatingSystem.IsLinux() || PresentBytes() is not { } present)
        {
            return;
        }

        OfferFirst();

        ulong bytes = (ulong)(present + OwnBytes + Math.Min(callBytes, long.MaxValue / 2));

        // A machine whose own limit is lower keeps that one.
        _ = SetLimit(DataLimit, [bytes, bytes]);
    }

    private static void OfferFirst()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "500");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it; the bound below holds all the same.
        }
    }

    // "VmData:     1234 kB"
    private static long? PresentBytes()
    {
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(DataLine, StringComparison.Ordinal))
            {
                string number = line[DataLine.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) << 10;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ReadOnlySpan<ulong> limits);
}
