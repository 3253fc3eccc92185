using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>Checks where a command shall write before it works for long.</summary>
internal static class OutputPath
{
    /// <summary>The path itself; <c>-</c> is stdout.</summary>
    /// <exception cref="IOException">Its folder is not there, or it is a folder.</exception>
    public static string Writable(string path)
    {
        if (path == TableFormats.StandardStream)
        {
            return path;
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"{path}: cannot be written: it is a folder; give the name of a file");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder)
            ? path
            : throw new IOException($"{path}: cannot be written: there is no folder {folder}; make it first");
    }
}
