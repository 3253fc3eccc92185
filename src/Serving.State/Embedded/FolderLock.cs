using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>Who holds a state folder.</summary>
internal static class FolderLock
{
    /// <summary>Takes the folder for this process.</summary>
    /// <exception cref="FolderHeldException">Another store holds it, in this process or another.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static FolderHold Take(string folder)
    {
        string holder = Path.Combine(folder, FolderFiles.Holder);
        return FolderHold.TryTake(Path.Combine(folder, FolderFiles.Lock), holder)
            ?? throw new FolderHeldException(folder, FolderHold.HolderOf(holder));
    }
}
