namespace Serving.State.Embedded;

/// <summary>
/// The files of a folder as they belong together, held open: a server that goes on writing may delete them meanwhile,
/// but what was opened stays readable.
/// </summary>
internal sealed class FolderImage : IDisposable
{
    private const int Attempts = 8;

    private FolderImage(List<FolderPart> snapshots, List<FolderPart> logs)
    {
        Snapshots = snapshots;
        Logs = logs;
    }

    /// <summary>The snapshots in ascending order; the last one counts.</summary>
    public List<FolderPart> Snapshots { get; }

    /// <summary>The segments in ascending order.</summary>
    public List<FolderPart> Logs { get; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Snapshots.Concat(Logs).Sum(part => RandomAccess.GetLength(part.Handle));

    /// <summary>Opens all files of a folder.</summary>
    /// <exception cref="IOException">There is no such folder, or it cannot be read.</exception>
    public static FolderImage Open(string folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            FolderImage image = new([], []);
            try
            {
                OpenAll(FolderFiles.Snapshots(folder), image.Snapshots);
                OpenAll(FolderFiles.Logs(folder), image.Logs);

                // A snapshot that came in between may have made segments go that the older one needs.
                if (FolderFiles.Snapshots(folder).Select(part => part.Sequence).LastOrDefault()
                    == image.Snapshots.Select(part => part.Sequence).LastOrDefault())
                {
                    return image;
                }
            }
            catch (FileNotFoundException) when (attempt < Attempts)
            {
                // Deleted between being listed and being opened.
            }

            image.Dispose();
            if (attempt == Attempts)
            {
                throw new IOException($"the files of '{folder}' change too fast to be read");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FolderPart part in Snapshots.Concat(Logs))
        {
            part.Handle.Dispose();
        }
    }

    private static void OpenAll(List<(ulong Sequence, string Path)> files, List<FolderPart> parts)
    {
        foreach ((ulong sequence, string path) in files)
        {
            parts.Add(FolderPart.Open(sequence, path));
        }
    }
}
