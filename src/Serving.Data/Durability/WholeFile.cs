namespace Serving.Data.Durability;

/// <summary>
/// Files that are there as a whole or not at all. One writer for each name at a time; readers see the old bytes or the
/// new ones.
/// </summary>
public static class WholeFile
{
    /// <summary>
    /// Writes bytes beside a file, syncs them, gives them its name and syncs the folder: after it returned they are
    /// there after a loss of power too.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">Its new bytes.</param>
    /// <param name="isPrivate">Whether its owner alone may read it.</param>
    /// <exception cref="IOException">They cannot be written; the file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool isPrivate = false)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // What a kill left there may have another mode.
        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            file.Write(bytes);
            DurableFile.SyncData(file.SafeFileHandle);
        }

        File.Move(temporary, full, overwrite: true);
        DurableFolder.Sync(folder);
    }

    /// <summary>Makes a folder and those above it, each name synced.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void CreateFolder(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            string parent = Path.GetDirectoryName(full)!;
            CreateFolder(parent);
            Directory.CreateDirectory(full);
            DurableFolder.Sync(parent);
        }
    }
}
