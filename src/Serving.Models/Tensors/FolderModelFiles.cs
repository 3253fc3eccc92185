using Serving.Data;

namespace Serving.Models.Tensors;

/// <summary>
/// A model on disk: a file such as <c>model.onnx</c> with what lies beside it, or the folder of a SavedModel. Regular
/// files only: a link or a device beside the main file is no file of the model. The path itself may be a link; then its
/// target's folder counts.
/// </summary>
public sealed class FolderModelFiles : ModelFiles
{
    /// <summary>Bytes of a file that is read whole, at most; larger ones have a length only.</summary>
    public const long BytesMax = 0x7FFFFFC7;

    private const int FilesMax = 10_000;
    private const int FoldersDeepMax = 8;
    private const string SavedModelMain = "saved_model.pb";

    private readonly string _folder;
    private readonly Lazy<IReadOnlyList<string>> _names;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _read = new(StringComparer.Ordinal);
    private readonly Lock _reading = new();

    private FolderModelFiles(string folder, string main)
    {
        _folder = folder;
        Main = main;
        _names = new Lazy<IReadOnlyList<string>>(List);
    }

    /// <inheritdoc/>
    public override string Main { get; }

    /// <inheritdoc/>
    /// <remarks>Of more than 10,000 files the first that the folder gives.</remarks>
    public override IReadOnlyList<string> Names => _names.Value;

    /// <summary>The files at a path: a file, or a folder with a <c>saved_model.pb</c>.</summary>
    /// <exception cref="InputException">There is neither.</exception>
    public static FolderModelFiles Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            var files = new FolderModelFiles(full, SavedModelMain);
            return files.LengthOf(SavedModelMain) >= 0
                ? files
                : throw new InputException(new InputProblem(
                    path,
                    $"a folder without a regular file {SavedModelMain}",
                    "a model file or the folder of a SavedModel"));
        }

        string target = TargetOf(full);
        return IsRegular(new FileInfo(target))
            ? new FolderModelFiles(Path.GetDirectoryName(target)!, Path.GetFileName(target))
            : throw new InputException(new InputProblem(
                path,
                Path.Exists(full) ? "no regular file" : "no such file",
                "a model file or the folder of a SavedModel",
                "check the path"));
    }

    /// <inheritdoc/>
    public override long LengthOf(string name) => Find(name)?.Length ?? -1;

    /// <inheritdoc/>
    /// <exception cref="InputException">The file has 2 GiB or more.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public override ReadOnlyMemory<byte>? Read(string name)
    {
        lock (_reading)
        {
            if (_read.TryGetValue(name, out ReadOnlyMemory<byte> bytes))
            {
                return bytes;
            }

            if (Find(name) is not { } file)
            {
                return null;
            }

            if (file.Length > BytesMax)
            {
                throw new InputException(new InputProblem(name, $"{file.Length} bytes", $"at most {BytesMax}"));
            }

            // A file without bytes is not opened: opening a FIFO, whose size is 0 too, would wait for ever.
            bytes = file.Length == 0 ? ReadOnlyMemory<byte>.Empty : File.ReadAllBytes(file.FullName);
            _read[name] = bytes;
            return bytes;
        }
    }

    /// <inheritdoc/>
    public override ModelFolderLease Materialise(IReadOnlyList<string> names) => new(_folder, isPrivate: false);

    private static string TargetOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path;
        }
    }

    private static bool IsRegular(FileInfo file) =>
        file.Exists && !file.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static bool IsPlain(string name) =>
        name.Length > 0 && !Path.IsPathRooted(name) && !name.Contains('\\', StringComparison.Ordinal)
        && !name.Contains('\0', StringComparison.Ordinal)
        && !name.Split('/').Any(part => part is "" or "." or "..");

    // No part of the way to a file may be a link: it could lead out of the folder.
    private FileInfo? Find(string name)
    {
        if (!IsPlain(name))
        {
            return null;
        }

        string path = _folder;
        string[] parts = name.Split('/');
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
        {
            path = Path.Combine(path, part);
            var folder = new DirectoryInfo(path);
            if (!folder.Exists || folder.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                return null;
            }
        }

        var file = new FileInfo(Path.Combine(path, parts[^1]));
        return IsRegular(file) ? file : null;
    }

    private List<string> List()
    {
        List<string> names = [];
        var pending = new Queue<(string Name, int Depth)>([("", 0)]);
        int seen = 0;
        while (pending.TryDequeue(out (string Name, int Depth) folder))
        {
            foreach (FileSystemInfo entry in Entries(Path.Combine(_folder, folder.Name)))
            {
                if (++seen > FilesMax)
                {
                    break;
                }

                string name = folder.Name.Length == 0 ? entry.Name : $"{folder.Name}/{entry.Name}";
                if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    continue;
                }

                if (entry is FileInfo)
                {
                    names.Add(name);
                }
                else if (folder.Depth < FoldersDeepMax)
                {
                    pending.Enqueue((name, folder.Depth + 1));
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos(
            "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None });
}
