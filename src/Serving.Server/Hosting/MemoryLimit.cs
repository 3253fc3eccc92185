using System.Globalization;

namespace Serving.Server.Hosting;

/// <summary>Most memory that all models together may hold: bytes, or a share of what the process may use. Immutable.
/// </summary>
/// <param name="Percent">The share in percent; null where bytes are given.</param>
/// <param name="Bytes">The bytes; 0 where a share is given.</param>
public sealed record MemoryLimit(decimal? Percent, long Bytes)
{
    // Bounds of the container: version 2 and version 1 of control groups.
    private static readonly string[] s_containerFiles =
    [
        "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ];

    /// <summary>Reads <c>90%</c> or <c>4GiB</c>; null where it is neither.</summary>
    public static MemoryLimit? Parse(string text) =>
        OptionText.TryPercent(text, isNumber: false, out decimal percent) && percent > 0 ? new MemoryLimit(percent, 0)
        : OptionText.TryLongSize(text, out long bytes) && bytes > 0 ? new MemoryLimit(null, bytes)
        : null;

    /// <summary>The bytes, on this machine or in this container.</summary>
    public long InBytes() => Percent is { } percent ? (long)(MachineBytes() * percent / 100) : Bytes;

    private static long MachineBytes()
    {
        long machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        foreach (string file in s_containerFiles)
        {
            try
            {
                // `max` stands for no bound.
                if (File.Exists(file) && long.TryParse(
                    File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bound))
                {
                    return Math.Min(machine, bound);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A bound that may not be read is none that we know.
            }
        }

        return machine;
    }
}
