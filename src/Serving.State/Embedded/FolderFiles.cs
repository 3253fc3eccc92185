using System.Globalization;

namespace Serving.State.Embedded;

/// <summary>The names of the files in a folder: each says the sequence at which it begins, in 16 hex digits.</summary>
internal static class FolderFiles
{
    /// <summary>The mark of a clean stop.</summary>
    public const string Stop = "stopped";

    /// <summary>When the history of each log begins.</summary>
    public const string History = "history";

    /// <summary>Locked while a process holds the folder; empty.</summary>
    public const string Lock = "lock";

    /// <summary>The number of the process that holds the folder.</summary>
    public const string Holder = "holder";

    private const string LogPrefix = "log-";
    private const string SnapshotPrefix = "snapshot-";
    private const string Extension = ".bin";
    private const string Unfinished = ".unfinished";

    /// <summary>Path of the segment whose first entry has a sequence.</summary>
    public static string LogPath(string folder, ulong first) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{LogPrefix}{first:x16}{Extension}"));

    /// <summary>Path of the snapshot that holds all changes up to a sequence.</summary>
    public static string SnapshotPath(string folder, ulong sequence) =>
        Path.Combine(
            folder, string.Create(CultureInfo.InvariantCulture, $"{SnapshotPrefix}{sequence:x16}{Extension}"));

    /// <summary>Where a file is written before it gets its name.</summary>
    public static string UnfinishedPath(string path) => path + Unfinished;

    /// <summary>The segments in ascending order: sequence of the name and path.</summary>
    public static List<(ulong First, string Path)> Logs(string folder) => Named(folder, LogPrefix);

    /// <summary>The snapshots in ascending order: sequence of the name and path.</summary>
    public static List<(ulong Sequence, string Path)> Snapshots(string folder) => Named(folder, SnapshotPrefix);

    /// <summary>Files that an interrupted process left half-written.</summary>
    public static string[] LeftUnfinished(string folder) => Directory.GetFiles(folder, "*" + Unfinished);

    private static List<(ulong Sequence, string Path)> Named(string folder, string prefix)
    {
        List<(ulong, string)> found = [];
        foreach (string path in Directory.GetFiles(folder, prefix + "*" + Extension))
        {
            string digits = Path.GetFileName(path)[prefix.Length..^Extension.Length];
            if (digits.Length == 16 && ulong.TryParse(
                digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong sequence))
            {
                found.Add((sequence, path));
            }
        }

        found.Sort();
        return found;
    }
}
