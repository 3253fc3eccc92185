using System.Globalization;
using Serving.Data.Durability;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The file that tells the first sequence that retention kept, so that a segment that vanished at the front is seen.
/// </summary>
internal static class LogFloor
{
    /// <summary>The first sequence that must be there; 1 where nothing was ever dropped.</summary>
    public static ulong Read(string folder)
    {
        string path = Path.Combine(folder, LogFiles.Floor);
        return File.Exists(path)
            && ulong.TryParse(
                File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong first)
            && first > 0
                ? first
                : 1;
    }

    /// <summary>Notes the first sequence that is kept, before what is in front of it goes.</summary>
    public static void Write(string folder, ulong first)
    {
        string path = Path.Combine(folder, LogFiles.Floor);
        string temporary = path + LogFiles.Temporary;
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(
                file, System.Text.Encoding.ASCII.GetBytes(first.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
            DurableFile.Sync(file);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFolder.Sync(folder);
    }
}
