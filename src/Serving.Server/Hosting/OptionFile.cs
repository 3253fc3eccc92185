using System.Collections.Immutable;
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

    // Nodes that refer to others could otherwise stand for more than memory holds.
    private const int NodesMax = 10_000;
    private const int DepthMax = 8;

    /// <summary>Reads a file's options; what is wrong goes to the problems.</summary>
    public static ImmutableArray<OptionNode> Read(string path, List<InputProblem> problems)
    {
        if (ReadText(path, problems) is not { } text)
        {
            return [];
        }

        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException exception)
        {
            problems.Add(new InputProblem($"{path}:{exception.Start.Line}", exception.Message, "YAML"));
            return [];
        }

        if (yaml.Documents.Count == 0)
        {
            return [];
        }

        if (yaml.Documents.Count > 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            problems.Add(new InputProblem(path, "no mapping", "one mapping of option names to values"));
            return [];
        }

        int count = 0;
        OptionNode whole = NodeOf(path, "", root, root, 0, ref count);
        if (count > NodesMax)
        {
            problems.Add(new InputProblem(path, $"more than {NodesMax} values", "a configuration file"));
            return [];
        }

        return [.. whole.Members!.Value.Select(member => member.Value)];
    }

    private static OptionNode NodeOf(
        string path, string name, YamlNode key, YamlNode node, int depth, ref int count)
    {
        var read = new OptionNode(name, PlaceOf(path, key, name));
        if (++count > NodesMax || depth > DepthMax)
        {
            count = NodesMax + 1;
            return read with { Text = "", Members = [] };
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var members = ImmutableArray.CreateBuilder<(string, OptionNode)>();
                foreach ((YamlNode memberKey, YamlNode value) in mapping.Children)
                {
                    string own = NameOf(memberKey);
                    string full = name.Length == 0 ? own : $"{name}.{own}";
                    members.Add((own, NodeOf(path, full, memberKey, value, depth + 1, ref count)));
                }

                return read with { Members = members.ToImmutable() };
            case YamlSequenceNode sequence:
                var items = ImmutableArray.CreateBuilder<OptionNode>();
                foreach (YamlNode item in sequence.Children)
                {
                    items.Add(NodeOf(path, name, item, item, depth + 1, ref count));
                }

                return read with { Items = items.ToImmutable() };
            default:
                return read with { Text = (node as YamlScalarNode)?.Value ?? "" };
        }
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
