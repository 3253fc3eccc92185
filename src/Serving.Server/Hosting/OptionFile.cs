using System.Globalization;
using Serving.Data;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Serving.Server.Hosting;

/// <summary>Reads the options of a YAML file: one mapping, keys are the options' names.</summary>
internal static class OptionFile
{
    // A configuration of a megabyte is somebody else's file.
    private const int BytesMax = 1 << 20;

    /// <summary>
    /// Reads a file's options; what is wrong goes to the problems. Keys that hold no plain value have text null.
    /// </summary>
    public static List<(OptionValue Value, bool IsPlain)> Read(string path, List<InputProblem> problems)
    {
        var values = new List<(OptionValue, bool)>();
        if (ReadText(path, problems) is not { } text)
        {
            return values;
        }

        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            problems.Add(new InputProblem($"{path}:{exception.Start.Line}", exception.Message, "YAML"));
            return values;
        }

        if (yaml.Documents.Count == 0)
        {
            return values;
        }

        if (yaml.Documents.Count > 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            problems.Add(new InputProblem(path, "no mapping", "one mapping of option names to values"));
            return values;
        }

        foreach ((YamlNode key, YamlNode node) in root.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}:{key.Start.Line}, key '{name}'");
            var scalar = node as YamlScalarNode;
            values.Add((new OptionValue(name, scalar?.Value ?? "", place), scalar is not null));
        }

        return values;
    }

    private static string? ReadText(string path, List<InputProblem> problems)
    {
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                problems.Add(new InputProblem(path, "more than 1 MiB", "a configuration file"));
                return null;
            }

            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new InputProblem(path, "no file that can be read", "a configuration file", exception.Message));
            return null;
        }
    }
}
