using System.CommandLine;
using Serving.Data;
using Serving.Engine.Predictions.Log;

namespace Serving.Cli.LogTools;

/// <summary>The argument that names a log's folder.</summary>
internal static class LogFolder
{
    public static Argument<string> Create() => new("DIR") { Description = "Folder of serve --log." };

    /// <summary>The folder itself.</summary>
    /// <exception cref="InputException">It is no log.</exception>
    public static string Existing(string path) => PredictionLogReader.IsLog(path)
        ? path
        : throw new InputException(new InputProblem(
            path, Directory.Exists(path) ? "a folder without segments" : "no such folder", "a folder of serve --log"));
}
