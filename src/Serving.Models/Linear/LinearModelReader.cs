using System.Collections.Immutable;
using Serving.Models.Import.Documents;
using Serving.Models.Import;
using Serving.Models.Links;

namespace Serving.Models.Linear;

/// <summary>Reads <c>linear.json</c> and the tables beside it.</summary>
internal static class LinearModelReader
{
    /// <summary>Outputs at most.</summary>
    private const int OutputsMax = 65_536;

    private static readonly ImmutableArray<string> Members =
        ["format", "version", "link", "bias", "dense", "missing", "ids"];

    /// <summary>Reads a model.</summary>
    /// <param name="bytes">The JSON file.</param>
    /// <param name="openBeside">Opens a table by its plain name; null where there are none.</param>
    /// <exception cref="Data.InputException">The bytes are no such model, or a broken one.</exception>
    public static LinearModel Read(ReadOnlySpan<byte> bytes, Func<string, Stream>? openBeside)
    {
        DocumentNode root = JsonDocumentReader.Read(bytes, takesBareWords: false);
        string format = root.Get("format", "model").AsText("format");
        if (format != "serving.linear")
        {
            throw ImportProblem.Of("format", format, "serving.linear");
        }

        root.Get("version", "model").AsInt("version", 1, 1);
        foreach (string name in root.Names.Where(name => !Members.Contains(name)))
        {
            throw ImportProblem.Of("model", name, $"only {string.Join(", ", Members)}");
        }

        string linkName = root.Get("link", "model").AsText("link");
        ScoreLink link = ScoreLinks.Find(linkName)
            ?? throw ImportProblem.Of("link", linkName, string.Join(", ", ScoreLinks.Names));
        double[] bias = root.Get("bias", "model").AsNumbers("bias");
        if (bias.Length is 0 or > OutputsMax || (linkName == "softmax" && bias.Length < 2))
        {
            throw ImportProblem.Of("bias", $"{bias.Length} numbers", "one per output (softmax: 2 or more)");
        }

        return new LinearModel(
            link, [.. bias], ReadDense(root, bias.Length), ReadBlocks(root, bias.Length, openBeside));
    }

    private static ImmutableArray<DenseWeights> ReadDense(DocumentNode root, int outputs)
    {
        DocumentNode dense = root.Find("dense", "model") ?? Empty;
        DocumentNode missing = root.Find("missing", "model") ?? Empty;
        ImmutableArray<DenseWeights>.Builder inputs = ImmutableArray.CreateBuilder<DenseWeights>();
        foreach (string name in NamesOf(dense, "dense"))
        {
            double[] weights = Numbers(dense.Get(name, "dense"), $"dense, {name}", outputs);
            inputs.Add(new DenseWeights(
                name,
                weights,
                missing.Find(name, "missing") is { } found ? Numbers(found, $"missing, {name}", outputs) : []));
        }

        foreach (string name in NamesOf(missing, "missing"))
        {
            _ = dense.Find(name, "dense")
                ?? throw ImportProblem.Of("missing", name, "names of dense inputs");
        }

        return inputs.ToImmutable();
    }

    private static ImmutableArray<IdBlock> ReadBlocks(
        DocumentNode root, int outputs, Func<string, Stream>? openBeside)
    {
        DocumentNode ids = root.Find("ids", "model") ?? Empty;
        ImmutableArray<IdBlock>.Builder blocks = ImmutableArray.CreateBuilder<IdBlock>();
        foreach (string name in NamesOf(ids, "ids"))
        {
            string place = $"ids, {name}";
            if (root.Find("dense", "model")?.Find(name, "dense") is not null)
            {
                throw ImportProblem.Of(place, "a name of a dense input too", "names that differ");
            }

            DocumentNode block = ids.Get(name, "ids");
            int size = block.Get("size", place).AsInt($"{place}, size", 1, (int)IdBlock.SizeMax);
            DocumentNode? list = block.Find("weights", place);
            DocumentNode? file = block.Find("file", place);
            if (list is null == file is null || block.Names.Count() != 2)
            {
                throw ImportProblem.Of(place, string.Join(", ", block.Names), "size and one of weights and file");
            }

            blocks.Add(list is not null
                ? ReadList(name, size, list, outputs)
                : LinearTableReader.Read(name, size, file!.AsText($"{place}, file"), outputs, openBeside));
        }

        return blocks.ToImmutable();
    }

    private static IdBlock ReadList(string name, int size, DocumentNode list, int outputs)
    {
        string place = $"ids, {name}, weights";
        IReadOnlyList<DocumentNode> rows = list.AsList(place);
        uint[] ids = new uint[rows.Count];
        double[] weights = new double[(long)rows.Count * outputs];
        HashSet<uint> seen = new(rows.Count);
        for (int i = 0; i < ids.Length; i++)
        {
            double[] row = Numbers(rows[i], $"{place}, entry {i}", outputs + 1);
            if (row[0] != Math.Floor(row[0]) || row[0] < 0 || row[0] >= size)
            {
                throw ImportProblem.Of($"{place}, entry {i}", $"id {row[0]}", $"an id from 0 to {size - 1}");
            }

            ids[i] = (uint)row[0];
            if (!seen.Add(ids[i]))
            {
                throw ImportProblem.Of($"{place}, entry {i}", $"id {ids[i]} a second time", "each id once");
            }

            row.AsSpan(1).CopyTo(weights.AsSpan(i * outputs));
        }

        return IdBlock.OfList(name, (uint)size, ids, weights, outputs);
    }

    private static DocumentNode Empty { get; } = DocumentNode.OfObject([]);

    private static IEnumerable<string> NamesOf(DocumentNode node, string place) =>
        node.Kind == DocumentKind.Object ? node.Names : throw ImportProblem.Of(place, "something else", "an object");

    private static double[] Numbers(DocumentNode node, string place, int count)
    {
        double[] numbers = node.AsNumbers(place);
        return numbers.Length == count
            ? numbers
            : throw ImportProblem.Of(place, $"{numbers.Length} numbers", $"{count}");
    }
}
