using System.Globalization;
using Serving.Data;
using Serving.Server.Rest;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Serving.Server.Hosting;

/// <summary>
/// Reads the options of a YAML file: one mapping, keys are the options' names. A mapping under <c>models</c> holds a
/// mapping for each model, whose options come out as <c>models.NAME.OPTION</c>.
/// </summary>
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
            string name = NameOf(key);
            if (name == OptionReader.ModelsKey && node is YamlMappingNode models)
            {
                AddModels(path, models, values, problems);
            }
            else
            {
                values.Add(ValueOf(path, key, name, node));
            }
        }

        return values;
    }

    private static void AddModels(
        string path, YamlMappingNode models, List<(OptionValue, bool)> values, List<InputProblem> problems)
    {
        foreach ((YamlNode key, YamlNode node) in models.Children)
        {
            string model = NameOf(key);
            if (!ModelName.IsValid(model) || node is not YamlMappingNode options)
            {
                problems.Add(new InputProblem(
                    PlaceOf(path, key, $"{OptionReader.ModelsKey}.{model}"),
                    "no model name with a mapping",
                    "models: { NAME: { deadline: 50ms } }"));
                continue;
            }

            values.AddRange(options.Children.Select(option => ValueOf(
                path, option.Key, $"{OptionReader.ModelsKey}.{model}.{NameOf(option.Key)}", option.Value)));
        }
    }

    private static (OptionValue Value, bool IsPlain) ValueOf(string path, YamlNode key, string name, YamlNode node)
    {
        var scalar = node as YamlScalarNode;
        return (new OptionValue(name, scalar?.Value ?? "", PlaceOf(path, key, name)), scalar is not null);
    }

    private static string NameOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? "";

    private static string PlaceOf(string path, YamlNode key, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}:{key.Start.Line}, key '{name}'");

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
