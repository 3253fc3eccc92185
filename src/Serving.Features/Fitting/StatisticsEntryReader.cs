using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Json;
using Serving.Data.Numerics;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Fitting;

/// <summary>Reads one encoder of a statistics file.</summary>
internal static class StatisticsEntryReader
{
    private const int PositionMax = 1 << 16;

    // Sizes are compared with one another.
    private const int SizesMax = 1 << 10;

    private static readonly ImmutableArray<EncoderKind> Kinds =
    [
        EncoderKind.Quantiles, EncoderKind.Widths, EncoderKind.Tree, EncoderKind.Vocab,
        EncoderKind.Standardize, EncoderKind.MinMax, EncoderKind.Impute, EncoderKind.Rate,
    ];

    private static readonly ImmutableArray<TypeKind> CategoryKinds =
        [TypeKind.Bool, TypeKind.Int, TypeKind.Float, TypeKind.Decimal, TypeKind.String, TypeKind.Time, TypeKind.Id];

    /// <summary>The entry; problems are noted in the node.</summary>
    public static StatisticsEntry Read(StatisticsNode node)
    {
        string member = node.Text("member");
        long position = node.Count("position");
        node.Check(position <= PositionMax, "position", $"{position}", "a place in a chain of encoders");
        string name = node.Text("kind");
        EncoderKind kind = Kinds.FirstOrDefault(known => NameOf(known) == name, EncoderKind.Edges);
        node.Check(kind != EncoderKind.Edges, "kind", name, string.Join(", ", Kinds.Select(NameOf)));
        var observed = new FittedCounts(node.Count("present"), node.Count("missing"), []);
        double rate = node.Number("missing_rate");
        node.Check(
            rate == StatisticsWriter.MissingRate(observed),
            "missing_rate",
            CanonicalJson.Number(rate),
            $"{CanonicalJson.Number(StatisticsWriter.MissingRate(observed))}, missing / (missing + present)");
        StatisticsEntry entry = ReadFitted(
            node, new StatisticsEntry(member, (int)Math.Min(position, PositionMax), kind, new FittedFill(0)), observed);
        string? sketch = node.Has("sketch") ? node.Text("sketch") : null;
        node.Check(
            sketch is null or SketchAccumulator.SketchName, "sketch", sketch ?? "", SketchAccumulator.SketchName);
        node.Close();
        return entry with { Fitted = entry.Fitted with { Sketch = sketch } };
    }

    private static string NameOf(EncoderKind kind) => kind.ToString().ToLowerInvariant();

    private static string NameOf(ImputeMode mode) => mode.ToString().ToLowerInvariant();

    private static StatisticsEntry ReadFitted(StatisticsNode node, StatisticsEntry entry, FittedCounts observed) =>
        entry.Kind switch
        {
            EncoderKind.Quantiles => ReadSizes(node, entry, observed),
            EncoderKind.Widths or EncoderKind.Tree => entry with
            {
                Columns = [entry.Member],
                Fitted = BordersOf([ReadBorders(node, observed)], observed),
            },
            EncoderKind.Vocab => entry with { Columns = [entry.Member], Fitted = ReadVocabulary(node, observed) },
            EncoderKind.Rate => entry with { Fitted = ReadRates(node, observed) },
            EncoderKind.Standardize => entry with { Fitted = ReadMoments(node) with { Observed = observed } },
            EncoderKind.MinMax => entry with { Fitted = ReadRange(node) with { Observed = observed } },
            EncoderKind.Impute => ReadFill(node, entry, observed),
            _ => entry,
        };

    private static FittedBorders BordersOf(
        ImmutableArray<(ImmutableArray<double> Borders, ImmutableArray<long> Ids)> sizes, FittedCounts observed) =>
        new([.. sizes.Select(size => size.Borders)])
        {
            Observed = observed with { Ids = [.. sizes.Select(size => size.Ids)] },
        };

    private static (ImmutableArray<double> Borders, ImmutableArray<long> Ids) ReadBorders(
        StatisticsNode node, FittedCounts observed)
    {
        ImmutableArray<double> borders = node.Floats("borders");
        ImmutableArray<long> counts = node.Counts("counts");
        for (int index = 1; index < borders.Length; index++)
        {
            if (borders[index - 1] >= borders[index])
            {
                string found = $"{HexFloat.Format(borders[index - 1])} before {HexFloat.Format(borders[index])}";
                node.Check(false, "borders", found, "strictly ascending borders");
            }
        }

        node.Check(counts.Length == borders.Length + 1, "counts", $"{counts.Length} counts", $"{borders.Length + 1}");
        CheckSum(node, counts, observed.Present, "the rows present");
        return (borders, [observed.Missing, 0, .. counts]);
    }

    private static StatisticsEntry ReadSizes(StatisticsNode node, StatisticsEntry entry, FittedCounts observed)
    {
        ImmutableArray<StatisticsNode> nodes = node.Objects("sizes");
        node.Check(nodes.Length is > 0 and <= SizesMax, "sizes", $"{nodes.Length}", $"1 to {SizesMax}");
        nodes = nodes.Length > SizesMax ? nodes[..SizesMax] : nodes;
        entry = entry with
        {
            Sizes = [.. nodes.Select(size => size.Integer("size"))],
            Columns = [.. nodes.Select(size => size.Text("column"))],
            Fitted = BordersOf([.. nodes.Select(size => ReadBorders(size, observed))], observed),
        };
        for (int size = 0; size < nodes.Length; size++)
        {
            node.Check(
                entry.Sizes[size] >= 2 && (size == 0 || entry.Sizes[size - 1] < entry.Sizes[size]),
                "sizes",
                $"size {entry.Sizes[size]}",
                "ascending sizes of at least 2");
            string? kept = entry.MergedInto(size);
            string? said = nodes[size].Has("merged_into") ? nodes[size].Text("merged_into") : null;
            nodes[size].Check(
                said == kept, "merged_into", said ?? "nothing", kept ?? "nothing, since its borders are new");
            nodes[size].Close();
        }

        return entry;
    }

    private static FittedVocabulary ReadVocabulary(StatisticsNode node, FittedCounts observed)
    {
        CategoryType type = ReadType(node);
        ImmutableArray<CategoryValue> words = ReadValues(node, "words", type);
        ImmutableArray<long> counts = node.Counts("counts");
        long unseen = node.Count("unseen");
        node.Check(
            counts.Length == words.Length, "counts", $"{counts.Length} counts", $"{words.Length}, one for each word");
        node.Check(words.Distinct().Count() == words.Length, "words", "a word twice", "distinct words");
        Comparison<CategoryValue> order = type.Comparison;
        for (int rank = 1; rank < Math.Min(words.Length, counts.Length); rank++)
        {
            bool isOrdered = counts[rank - 1] > counts[rank]
                || (counts[rank - 1] == counts[rank] && order(words[rank - 1], words[rank]) < 0);
            if (!isOrdered)
            {
                node.Check(
                    false, "words", $"rank {rank} out of order", "words by count descending, then value ascending");
            }
        }

        return new FittedVocabulary(words, counts)
        {
            Type = type,
            Observed = observed with { Ids = [[observed.Missing, unseen, .. counts]] },
        };
    }

    private static FittedRates ReadRates(StatisticsNode node, FittedCounts observed)
    {
        CategoryType type = ReadType(node);
        ImmutableArray<CategoryValue> values = ReadValues(node, "values", type);
        ImmutableArray<long> counts = node.Counts("counts");
        ImmutableArray<long> positives = node.Counts("positives");
        long labelled = node.Count("labelled_rows");
        long allPositives = node.Count("positive_rows");
        bool isWhole = counts.Length == values.Length && positives.Length == values.Length;
        Comparison<CategoryValue> order = type.Comparison;
        string lengths = $"{counts.Length} counts and {positives.Length} positives";
        node.Check(isWhole, "counts", lengths, $"{values.Length} of each");
        for (int index = 0; isWhole && index < values.Length; index++)
        {
            if (counts[index] < 1 || positives[index] > counts[index])
            {
                string found = $"{positives[index]} of {counts[index]}";
                node.Check(false, "positives", found, "a row at least for each value, and no more positives than rows");
            }

            if (index > 0 && order(values[index - 1], values[index]) >= 0)
            {
                node.Check(false, "values", $"value {index} out of order", "distinct values, ascending");
            }
        }

        node.Check(
            allPositives <= labelled, "positive_rows", $"{allPositives}", $"at most {labelled}, the labelled rows");
        node.Check(Sum(counts) <= labelled, "labelled_rows", $"{labelled}", "at least the sum of counts");
        node.Check(Sum(positives) <= allPositives, "positive_rows", $"{allPositives}", "at least the sum of positives");
        return new FittedRates(FittedRates.PriorOf(allPositives, labelled), values, positives, counts)
        {
            Type = type,
            Labelled = labelled,
            AllPositives = allPositives,
            Observed = observed,
        };
    }

    private static FittedMoments ReadMoments(StatisticsNode node)
    {
        var moments = new FittedMoments(node.Float("mean"), node.Float("std"));
        node.Check(
            moments.StandardDeviation >= 0,
            "std",
            HexFloat.Format(moments.StandardDeviation),
            "a number of at least 0");
        return moments;
    }

    private static FittedRange ReadRange(StatisticsNode node)
    {
        var range = new FittedRange(node.Float("min"), node.Float("max"));
        node.Check(range.Min <= range.Max, "min", HexFloat.Format(range.Min), "at most max");
        return range;
    }

    private static StatisticsEntry ReadFill(StatisticsNode node, StatisticsEntry entry, FittedCounts observed)
    {
        string name = node.Text("mode");
        ImputeMode mode = Enum.GetValues<ImputeMode>().FirstOrDefault(known => NameOf(known) == name);
        node.Check(mode != ImputeMode.Constant, "mode", name, "median, mean or mode");
        return entry with { Impute = mode, Fitted = new FittedFill(node.Float("value")) { Observed = observed } };
    }

    private static CategoryType ReadType(StatisticsNode node)
    {
        string name = node.Text("type");
        CategoryType[] known =
        [
            .. CategoryKinds.Where(kind => kind != TypeKind.Decimal).Select(kind => new CategoryType(kind, 0)),
            .. Enumerable.Range(0, FieldType.ScaleMax + 1)
                .Select(scale => new CategoryType(TypeKind.Decimal, (byte)scale)),
        ];
        CategoryType type = known.FirstOrDefault(candidate => candidate.ToString() == name);
        node.Check(type.Kind != TypeKind.Error, "type", name, "bool, int, float, decimal(s), string, time or id");
        return type;
    }

    private static ImmutableArray<CategoryValue> ReadValues(StatisticsNode node, string name, CategoryType type) =>
        node.Items(name, $"a value of type {type}", (JsonElement element, out CategoryValue value) =>
        {
            value = new CategoryValue(0, []);
            switch (type.Kind)
            {
                case TypeKind.String:
                    bool isText = StatisticsNode.TryText(element, out string text);
                    value = new CategoryValue(0, [.. Encoding.UTF8.GetBytes(text)]);
                    return isText;
                case TypeKind.Bool:
                    value = new CategoryValue(element.ValueKind == JsonValueKind.True ? 1 : 0, []);
                    return element.ValueKind is JsonValueKind.True or JsonValueKind.False;
                case TypeKind.Float:
                    bool isFloat = StatisticsNode.TryFloat(element, out double number);
                    value = new CategoryValue(BitConverter.DoubleToInt64Bits(number), []);
                    return isFloat;
                default:
                    bool isInteger = StatisticsNode.TryInteger(element, out long slot);
                    value = new CategoryValue(slot, []);
                    return isInteger;
            }
        });

    private static void CheckSum(StatisticsNode node, ImmutableArray<long> counts, long expected, string what) =>
        node.Check(Sum(counts) == expected, "counts", $"a sum of {Sum(counts)}", $"{expected}, {what}");

    private static Int128 Sum(ImmutableArray<long> counts) =>
        counts.Aggregate(Int128.Zero, (sum, count) => sum + count);
}
