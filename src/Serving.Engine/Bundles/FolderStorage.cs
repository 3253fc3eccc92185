namespace Serving.Engine.Bundles;

/// <summary>A bundle as a folder. Links and what is no regular file are refused, not followed.</summary>
internal sealed class FolderStorage : BundleStorage
{
    private readonly string _folder;

    private FolderStorage(string folder) => _folder = folder;

    /// <summary>Lists the folder without opening a file; notes what may not be there.</summary>
    public static FolderStorage OpenFolder(string folder, BundleProblems problems)
    {
        var storage = new FolderStorage(folder);
        try
        {
            storage.List(problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(Path.GetFileName(folder), exception.GetType().Name, "a folder that can be read");
        }

        return storage;
    }

    public override void Dispose()
    {
    }

    protected override Stream OpenFile(string name) => new FileStream(
        Path.Combine(_folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    private void List(BundleProblems problems)
    {
        var pending = new Queue<string>([""]);
        int count = 0;
        while (pending.TryDequeue(out string? folder))
        {
            var directory = new DirectoryInfo(Path.Combine(_folder, folder));
            foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
            {
                if (++count > BundleLimits.FilesMax)
                {
                    problems.Add(Path.GetFileName(_folder), $"more than {BundleLimits.FilesMax} files", "fewer");
                    return;
                }

                string name = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                if (IsTaken(name, entry, problems) && entry is DirectoryInfo)
                {
                    pending.Enqueue(name);
                }
                else if (entry is FileInfo file && BundleNames.IsFileName(name) && file.LinkTarget is null)
                {
                    Sizes[name] = file.Length;
                }
            }
        }
    }

    private static bool IsTaken(string name, FileSystemInfo entry, BundleProblems problems)
    {
        if (entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            problems.Add($"'{name}'", "a link", "regular files alone");
            return false;
        }

        if (!BundleNames.IsFileName(name))
        {
            problems.Add($"'{name}'", "a name", "letters, digits, '_', '.', '-', at most 5 folders deep");
            return false;
        }

        return true;
    }
}
