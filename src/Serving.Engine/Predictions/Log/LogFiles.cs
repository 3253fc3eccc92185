using System.Globalization;

namespace Serving.Engine.Predictions.Log;

/// <summary>Names in a log's folder.</summary>
internal static class LogFiles
{
    /// <summary>Ending of a segment as it is written.</summary>
    public const string Plain = ".plog";

    /// <summary>Ending of a sealed segment that is compressed.</summary>
    public const string Packed = ".plogz";

    /// <summary>Ending of files that are not whole yet.</summary>
    public const string Temporary = ".tmp";

    /// <summary>File whose lock holds the folder.</summary>
    public const string Lock = "lock";

    /// <summary>File that tells who holds it.</summary>
    public const string Holder = "holder";

    /// <summary>File that tells the first sequence that retention kept.</summary>
    public const string Floor = "floor";

    /// <summary>File that keeps room for a clean stop.</summary>
    public const string Reserve = "reserve";

    /// <summary>Path of the segment that begins with a sequence.</summary>
    public static string PathOf(string folder, ulong first, string ending) =>
        Path.Combine(folder, first.ToString("D20", CultureInfo.InvariantCulture) + ending);

    /// <summary>
    /// All segments by their first sequence, each once: while a segment is being compressed, and behind a kill at that,
    /// both forms may be there, and the plain one counts.
    /// </summary>
    public static List<LogFile> List(string folder)
    {
        var files = new SortedDictionary<ulong, LogFile>();
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            string ending = Path.GetExtension(path);
            bool isPacked = ending == Packed;
            string name = Path.GetFileNameWithoutExtension(path);
            if ((isPacked || ending == Plain) && name.Length == 20
                && ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out ulong first)
                && (!isPacked || !files.ContainsKey(first)))
            {
                files[first] = new LogFile(path, first, isPacked);
            }
        }

        return [.. files.Values];
    }
}
