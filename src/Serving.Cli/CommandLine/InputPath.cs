using Serving.Data;
using Serving.Tables;

namespace Serving.Cli.CommandLine;

/// <summary>Checks paths of inputs, so that a missing file and a folder are named alike by every command.</summary>
internal static class InputPath
{
    /// <summary>The path itself.</summary>
    /// <exception cref="InputException">There is no file under it.</exception>
    public static string Existing(string path, string expected)
    {
        if (File.Exists(path))
        {
            return path;
        }

        string found = Directory.Exists(path) ? "a folder" : "no such file";
        throw new InputException(new InputProblem(path, found, expected, "check the path"));
    }

    /// <summary>The path of a model, a file or the folder of a SavedModel.</summary>
    /// <exception cref="InputException">There is neither under it.</exception>
    public static string Model(string path) => Directory.Exists(path) ? path : Existing(path, "a model file");

    /// <summary>The path of a bundle, a folder or a file.</summary>
    /// <exception cref="InputException">There is neither under it.</exception>
    public static string Bundle(string path) => Path.Exists(path)
        ? path
        : throw new InputException(new InputProblem(
            path, "no such folder or file", "a bundle, as bundle pack makes it", "check the path"));

    /// <summary>The path of a file of rows; <c>-</c> is stdin.</summary>
    /// <exception cref="InputException">There is no file under it.</exception>
    public static string Rows(string path) =>
        path == TableFormats.StandardStream ? path : Existing(path, "a file of rows");
}
