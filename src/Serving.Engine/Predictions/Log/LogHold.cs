using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>Who holds a log's folder.</summary>
internal static class LogHold
{
    // Who reads beside a server looks at the lock for a moment.
    private const int LooksMax = 200;

    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="LogHeldException">Somebody holds it, in this process or another.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FolderHold Take(string folder)
    {
        string holder = Path.Combine(folder, LogFiles.Holder);
        return FolderHold.TryTake(Path.Combine(folder, LogFiles.Lock), holder, LooksMax)
            ?? throw new LogHeldException(folder, FolderHold.HolderOf(holder));
    }

    /// <summary>Whether a server holds the folder now, so that its last segment still grows.</summary>
    public static bool IsHeld(string folder) => FolderHold.IsHeld(Path.Combine(folder, LogFiles.Lock));
}
