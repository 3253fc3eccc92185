using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary><c>log repair</c>: what a server does to a log when it starts, without a server.</summary>
public static class LogRepair
{
    /// <summary>Cuts the torn end off. Returns how many bytes went.</summary>
    /// <param name="folder">The log.</param>
    /// <exception cref="LogHeldException">A server holds it.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static long Run(string folder)
    {
        using FolderHold hold = LogHold.Take(folder);
        long before = SizeOf(folder);
        LogRecovery.Run(folder);
        return before - SizeOf(folder);
    }

    private static long SizeOf(string folder) => LogFiles.List(folder).Sum(file => new FileInfo(file.Path).Length);
}
