using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Serving.NativeModels.SavedModel;

/// <summary>The operators of TensorFlow's public registry: <c>Operators.txt</c> says of which version.</summary>
internal static class OperatorRegistry
{
    private static readonly Lazy<FrozenDictionary<string, OperatorShape>> Table = new(Load);

    /// <summary>How many there are.</summary>
    public static int Count => Table.Value.Count;

    /// <summary>What is known of an operator; null where the registry has none of this name.</summary>
    public static OperatorShape? Find(string name) => Table.Value.GetValueOrDefault(name);

    private static FrozenDictionary<string, OperatorShape> Load()
    {
        using Stream stream = typeof(OperatorRegistry).Assembly.GetManifestResourceStream("Operators.txt")!;
        using var reader = new StreamReader(stream);
        var table = new Dictionary<string, OperatorShape>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                string[] parts = line.Split(' ');
                table.Add(parts[0], new OperatorShape(Ports(parts[2]), Ports(parts[3])));
            }
        }

        return table.ToFrozenDictionary();
    }

    private static ImmutableArray<OperatorPort> Ports(string text) =>
        text == "0" ? [] : [.. text.Split(',').Select(OperatorPort.Parse)];
}
