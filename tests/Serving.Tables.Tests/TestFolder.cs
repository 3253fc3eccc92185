namespace Serving.Tables.Tests;

/// <summary>A folder that goes with its test.</summary>
public sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("serving-tables-").FullName;

    public string[] Files => [.. Directory.EnumerateFileSystemEntries(_path).Select(Path.GetFileName).Order()!];

    public string File(string name) => Path.Combine(_path, name);

    public string File(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
