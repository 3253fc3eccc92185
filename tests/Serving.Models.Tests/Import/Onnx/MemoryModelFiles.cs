using Serving.Models.Tensors;

namespace Serving.Models.Tests.Import.Onnx;

/// <summary>Files of a model in memory; a folder is made of them where a runtime asks for one.</summary>
internal sealed class MemoryModelFiles : ModelFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public MemoryModelFiles(string main, byte[] bytes, params (string Name, byte[] Bytes)[] others)
    {
        Main = main;
        _files.Add(main, bytes);
        foreach ((string name, byte[] content) in others)
        {
            _files.Add(name, content);
        }
    }

    public override string Main { get; }

    public override IReadOnlyList<string> Names => [.. _files.Keys];

    public override long LengthOf(string name) => _files.TryGetValue(name, out byte[]? bytes) ? bytes.Length : -1;

    public override ReadOnlyMemory<byte>? Read(string name) =>
        _files.TryGetValue(name, out byte[]? bytes) ? bytes : (ReadOnlyMemory<byte>?)null;

    public override ModelFolderLease Materialise(IReadOnlyList<string> names)
    {
        string folder = Directory.CreateTempSubdirectory("serving-model-").FullName;
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, _files[name]);
        }

        return new ModelFolderLease(folder, isPrivate: true);
    }
}
