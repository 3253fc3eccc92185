namespace Serving.Engine.Bundles;

/// <summary>What a load may take. Immutable.</summary>
/// <param name="MemoryFree">Bytes that are free for models; null for no bound.</param>
/// <param name="Pace">How fast it may read; null for no bound.</param>
internal sealed record LoadBounds(long? MemoryFree, LoadPace? Pace)
{
    // The bytes as they were read, the canonical model, and the kernel made of it; each is at most as large as the
    // file.
    private const int Copies = 3;
    private const long Fixed = 16 << 20;

    /// <summary>No bounds.</summary>
    public static LoadBounds None { get; } = new(null, null);

    /// <summary>Memory that a bundle of so many bytes takes at most while it is loaded.</summary>
    public static long NeedOf(long bytes) => (bytes * Copies) + Fixed;

    /// <summary>Whether a bundle fits; else it is refused with the numbers, before its files are read.</summary>
    public bool Admits(long bytes, BundleProblems problems)
    {
        if (MemoryFree is not { } free || NeedOf(bytes) <= free)
        {
            return true;
        }

        problems.Add(
            "memory",
            $"{NeedOf(bytes) >> 20} MiB to load {bytes >> 20} MiB of files",
            $"at most {Math.Max(0, free) >> 20} MiB, which is free below memory-limit",
            "retire a version (versions MODEL --unload V), or raise memory-limit");
        return false;
    }
}
