using System.Globalization;
using Serving.Cli.CommandLine;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Predictions.Log;
using Serving.Models.Tensors;

namespace Serving.Cli.StateTools;

/// <summary>What the arguments of <c>replay</c> name.</summary>
internal static class ReplayInputs
{
    private const string Manifest = "manifest.json";

    /// <summary>The files themselves, and those of folders in the order of their names.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static string[] Files(string[] inputs)
    {
        var files = new List<string>();
        foreach (string input in inputs)
        {
            if (PredictionLogReader.IsLog(input))
            {
                files.Add(input);
            }
            else if (Directory.Exists(input))
            {
                files.AddRange(Directory.EnumerateFiles(input, "*.jsonl").Order(StringComparer.Ordinal));
            }
            else
            {
                files.Add(InputPath.Existing(input, "a file of serve --records"));
            }
        }

        return files.Count > 0
            ? [.. files]
            : throw new InputException(new InputProblem(
                string.Join(", ", inputs), "no file ending in .jsonl",
                "files of serve --records, or a folder of serve --log"));
    }

    /// <summary>The bundle, or every bundle of a models folder.</summary>
    /// <exception cref="InputException">There is none, or one is damaged.</exception>
    public static Bundle[] Bundles(string path, IReadOnlyList<IScorerFactory> runtimes)
    {
        InputPath.Bundle(path);
        string[] places = File.Exists(path) || File.Exists(Path.Combine(path, Manifest))
            ? [path]
            : [.. Directory.EnumerateDirectories(path).SelectMany(Directory.EnumerateDirectories).Where(IsVersion)];
        return places.Length > 0
            ? [.. places.Order(StringComparer.Ordinal)
                .Select(place => Placed.In(place, "bundle", () => Bundle.Open(place, runtimes)))]
            : throw new InputException(new InputProblem(path, "no bundle", "MODELS/NAME/VERSION/, or a bundle"));
    }

    private static bool IsVersion(string folder) =>
        long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && File.Exists(Path.Combine(folder, Manifest));
}
