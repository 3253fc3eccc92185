using Serving.Models.Tensors;

namespace Serving.NativeModels.Tests.SavedModel;

/// <summary>A SavedModel in memory; as a folder it is a private copy.</summary>
internal sealed class MemoryModelFiles : ModelFiles
{
    /// <summary>The files by relative path, free to change.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public override string Main => "saved_model.pb";

    public override IReadOnlyList<string> Names => [.. Files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Reads a folder whole.</summary>
    public static MemoryModelFiles Of(string folder)
    {
        var files = new MemoryModelFiles();
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            files.Files.Add(Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllBytes(path));
        }

        return files;
    }

    public override long LengthOf(string name) => Files.TryGetValue(name, out byte[]? bytes) ? bytes.Length : -1;

    public override ReadOnlyMemory<byte>? Read(string name) =>
        Files.TryGetValue(name, out byte[]? bytes) ? bytes : null;

    public override ModelFolderLease Materialise(IReadOnlyList<string> names)
    {
        string folder = Directory.CreateTempSubdirectory("savedmodel-").FullName;
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Files[name]);
        }

        return new ModelFolderLease(folder, isPrivate: true);
    }
}
