namespace Serving.Engine.Bundles;

/// <summary>
/// The files of a bundle that is not believed yet, in a folder or in one file. One thread. Nothing of it is parsed
/// here; names that may not stand in a bundle never get this far.
/// </summary>
internal abstract class BundleStorage : IDisposable
{
    /// <summary>Bytes of every file by its name, <c>/</c> between folders, as the folder or the archive says.</summary>
    public SortedDictionary<string, long> Sizes { get; } = new(StringComparer.Ordinal);

    /// <summary>How fast it is read; null for no bound.</summary>
    public LoadPace? Pace { get; set; }

    /// <summary>
    /// Opens what stands at a path. Returns null after noting a problem when there is no bundle of either kind.
    /// </summary>
    public static BundleStorage? Open(string path, BundleProblems problems)
    {
        if (Directory.Exists(path))
        {
            return FolderStorage.OpenFolder(path, problems);
        }

        if (File.Exists(path))
        {
            return ZipStorage.OpenArchive(path, problems);
        }

        problems.Add(Path.GetFileName(path), "nothing", "a folder with a manifest.json, or a .bundle file");
        return null;
    }

    /// <summary>
    /// Reads a whole file of at most <paramref name="sizeMax"/> bytes, or returns null after noting a problem. Memory
    /// never exceeds twice the bytes that were really there.
    /// </summary>
    public byte[]? Read(string name, long sizeMax, BundleProblems problems)
    {
        long size = Sizes[name];
        if (size > sizeMax)
        {
            problems.Add(name, $"{size} bytes", $"at most {sizeMax}");
            return null;
        }

        try
        {
            // A file without bytes is not opened: opening a FIFO, whose size is 0 too, would wait for ever.
            return size == 0 ? [] : ReadWhole(name, (int)size, problems);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problems.Add(name, exception.GetType().Name, "a file that can be read");
            return null;
        }
    }

    /// <summary>Closes what was opened.</summary>
    public abstract void Dispose();

    /// <summary>Opens a file of at least one byte.</summary>
    protected abstract Stream OpenFile(string name);

    /// <summary>Whether a check sum that the storage holds is that of the bytes.</summary>
    protected virtual bool IsWhole(string name, ReadOnlySpan<byte> bytes) => true;

    private byte[]? ReadWhole(string name, int size, BundleProblems problems)
    {
        using Stream stream = OpenFile(name);
        byte[] bytes = new byte[Math.Min(size, 1 << 20)];
        int length = 0;
        while (true)
        {
            int piece = Math.Min(bytes.Length - length, LoadPace.PieceBytes);
            Pace?.Take(piece);
            int read = stream.Read(bytes, length, piece);
            length += read;
            if (read == 0 || length == size)
            {
                break;
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(size, (long)length * 2));
            }
        }

        if (length != size || stream.ReadByte() >= 0)
        {
            problems.Add(name, length == size ? "more bytes" : $"{length} bytes", $"{size}, as its entry says");
            return null;
        }

        if (!IsWhole(name, bytes))
        {
            problems.Add(name, "other bytes", "those of its check sum");
            return null;
        }

        return bytes;
    }
}
