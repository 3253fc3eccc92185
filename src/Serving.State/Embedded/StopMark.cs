using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;

namespace Serving.State.Embedded;

/// <summary>
/// The mark of a clean stop: a <see cref="FileHeader"/> with the sequence of the last change, which the snapshot of the
/// same sequence holds. Without it a folder whose log ended early by damage would look like one that was killed.
/// </summary>
internal static class StopMark
{
    /// <summary>Leaves the mark.</summary>
    public static void Leave(string folder, ulong sequence, DateTimeOffset now)
    {
        string path = Path.Combine(folder, FolderFiles.Stop);
        string unfinished = FolderFiles.UnfinishedPath(path);
        using (SafeFileHandle handle = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write))
        {
            Span<byte> header = stackalloc byte[FileHeader.Size];
            FileHeader.Write(header, FileHeader.Stop, sequence, now);
            RandomAccess.Write(handle, header, 0);
            DurableFile.Sync(handle);
        }

        File.Move(unfinished, path, overwrite: true);
        DurableFolder.Sync(folder);
    }

    /// <summary>Takes the mark away, before anything changes.</summary>
    public static void Remove(string folder)
    {
        File.Delete(Path.Combine(folder, FolderFiles.Stop));
        DurableFolder.Sync(folder);
    }

    /// <summary>Reads the mark: null where there is none.</summary>
    public static ulong? Read(string folder, FolderDamage damage)
    {
        string path = Path.Combine(folder, FolderFiles.Stop);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        string? fault = FileHeader.Read(bytes, FileHeader.Stop, out ulong sequence)
            ?? (bytes.Length == FileHeader.Size ? null : $"{bytes.Length} bytes");
        if (fault is not null)
        {
            damage.Add(path, 0, fault, "the mark of a clean stop");
            return null;
        }

        return sequence;
    }
}
