using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Numerics;
using Serving.Features.Fitting;
using Serving.Features.Tests.Conformance;
using Serving.Testing;
using Xunit;

namespace Serving.Features.Tests.Fitting;

/// <summary>Statistics of another implementation, written from the same documents.</summary>
public sealed class GoldenStatisticsTests
{
    private const string Folder = "data/golden/features";

    [Theory]
    [InlineData("hand/cross-id")]
    [InlineData("hand/cross-missing")]
    [InlineData("hand/quantiles-atoms")]
    [InlineData("hand/standardize")]
    [InlineData("hand/widths")]
    public void Fit_WholeCase_FindsGoldenStatistics(string name)
    {
        string folder = FolderOf(name);
        string script = File.ReadAllText(Path.Combine(folder, "script.feat"));
        Assert.NotEqual(0, Compare(folder, script));
    }

    // Windows and labels over events are cut away; what is left is fitted.
    [Theory]
    [InlineData("hand/example-feed-ctr", "fresh", "price_b", "slot_v")]
    [InlineData("random/random-00", "sv")]
    [InlineData("random/random-03", "sv", "f3")]
    [InlineData("random/random-06", "sv")]
    [InlineData("random/random-09", "sv")]
    [InlineData("random/random-12", "sv")]
    [InlineData("random/random-15", "sv")]
    [InlineData("random/random-18", "sv")]
    public void Fit_FeaturesWithoutWindows_FindsGoldenStatistics(string name, params string[] features)
    {
        string folder = FolderOf(name);
        string script = File.ReadAllText(Path.Combine(folder, "script.feat"));
        int requestEnd = script.IndexOf(';', script.IndexOf('}', StringComparison.Ordinal)) + 1;
        var cut = new StringBuilder(script[..requestEnd]);
        foreach (string feature in features)
        {
            int start = script.IndexOf($"feature {feature} ", StringComparison.Ordinal);
            cut.Append('\n').Append(script[start..(script.IndexOf(';', start) + 1)]);
        }

        Assert.Equal(features.Length, Compare(folder, cut.ToString()));
    }

    // A label over events is worked out here, by the rules of accepted events, and handed in beside the rows.
    [Theory]
    [InlineData("random/random-00", 600)]
    [InlineData("random/random-03", 172_800)]
    [InlineData("random/random-06", 600)]
    [InlineData("random/random-09", 3600)]
    [InlineData("random/random-12", 172_800)]
    [InlineData("random/random-15", null)]
    [InlineData("random/random-18", 600)]
    public void Fit_RatesAndTrees_FindsGoldenStatistics(string name, int? lateSeconds)
    {
        string folder = FolderOf(name);
        string text = File.ReadAllText(Path.Combine(folder, "script.feat"));
        FeatureScript script = Scripts.Compile(
            text[..(text.IndexOf(';', text.IndexOf('}', StringComparison.Ordinal)) + 1)]
            + "feature sr = s -> rate(weight: 5); feature ab = a -> tree(4, min: 3); label y = b ?? false;");
        RowSchema schema = Scripts.WithLabel(script);
        RowBatch rows = CellReader.Read(schema, File.ReadAllText(Path.Combine(folder, "data", "r.csv")));
        int? labelField = lateSeconds is null ? null : script.Request.Fields.Length;
        if (lateSeconds is { } seconds)
        {
            SetLabels(rows, folder, seconds * 1000L);
        }

        FittedStatistics fitted = Scripts.Fit(script, rows, new FittingOptions { LabelField = labelField });
        Assert.Equal(2, Compare(folder, script, fitted));
    }

    // label y = any(e) on k == k within 1h: an event of that key became known in [t, t + 1h] (R56).
    private static void SetLabels(RowBatch rows, string folder, long late)
    {
        RowBatch events = CellReader.Read(
            new RowSchema("e",
            [
                new Field("id", new FieldType(ValueKind.String)), new Field("at", new FieldType(ValueKind.Time)),
                new Field("kn", new FieldType(ValueKind.Time)), new Field("k", new FieldType(ValueKind.String, true)),
            ]),
            File.ReadAllText(Path.Combine(folder, "data", "e.csv")));
        var knownOf = new Dictionary<string, List<long>>();
        var accepted = new Dictionary<(string Key, string Id), long>();
        IEnumerable<int> withKey = Enumerable.Range(0, events.RowCount).Where(row => events.IsPresent(row, 3));
        foreach (int row in withKey.OrderBy(row => events.Get(row, 2)))
        {
            string key = Encoding.UTF8.GetString(events.GetText(row, 3));
            string id = Encoding.UTF8.GetString(events.GetText(row, 0));
            long known = events.Get(row, 2);
            bool isInTime = known - events.Get(row, 1) <= late && events.Get(row, 1) - known <= 5000;
            if (isInTime && !(accepted.TryGetValue((key, id), out long before) && known - before <= late))
            {
                accepted[(key, id)] = known;
                knownOf.TryAdd(key, []);
                knownOf[key].Add(known);
            }
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            long time = rows.Get(row, rows.Schema.IndexOf("at"));
            string value = Encoding.UTF8.GetString(rows.GetText(row, rows.Schema.IndexOf("k")));
            bool label = knownOf.GetValueOrDefault(value, []).Any(at => at >= time && at <= time + 3_600_000);
            rows.Set(row, rows.Schema.IndexOf("label"), label ? 1 : 0);
        }
    }

    private static int Compare(string folder, string text)
    {
        FeatureScript script = Scripts.Compile(text);
        string csv = File.ReadAllText(Path.Combine(folder, "data", script.Request.Name + ".csv"));
        return Compare(folder, script, Scripts.Fit(script, CellReader.Read(script.Request, csv)));
    }

    // Compares what was fitted with the oracle's file and returns how many encoders that were.
    private static int Compare(string folder, FeatureScript script, FittedStatistics fitted)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "statistics.json")));
        JsonElement features = golden.RootElement.GetProperty("features");
        int compared = 0;
        foreach ((string member, int position) in fitted.Encoders)
        {
            FittedEncoder found = fitted.Find(member, position)!;
            if (found is FittedBorders { BySize.Length: > 1 } borders)
            {
                string[] columns = [.. script.Bound.Features.SelectMany(feature => feature.Members)
                    .Single(one => one.Name == member).ColumnNames];
                for (int size = 0; size < columns.Length; size++)
                {
                    Assert.Equal(Borders(features.GetProperty(columns[size])), Texts(borders.BySize[size]));
                }
            }
            else
            {
                string place = position.ToString(CultureInfo.InvariantCulture);
                CompareOne(features.GetProperty(member).GetProperty(place), found, script);
            }

            compared++;
        }

        return compared;
    }

    private static void CompareOne(JsonElement golden, FittedEncoder found, FeatureScript script)
    {
        switch (found)
        {
            case FittedBorders borders:
                Assert.Equal(Strings(golden.GetProperty("borders")), Texts(borders.BySize[0]));
                break;
            case FittedMoments moments:
                Assert.Equal(golden.GetProperty("mean").GetString(), HexFloat.Format(moments.Mean));
                Assert.Equal(golden.GetProperty("std").GetString(), HexFloat.Format(moments.StandardDeviation));
                break;
            case FittedRange range:
                Assert.Equal(golden.GetProperty("min").GetString(), HexFloat.Format(range.Min));
                Assert.Equal(golden.GetProperty("max").GetString(), HexFloat.Format(range.Max));
                break;
            case FittedFill fill:
                Assert.Equal(golden.GetProperty("value").GetString(), HexFloat.Format(fill.Value));
                break;
            case FittedVocabulary vocabulary:
                Assert.Equal(
                    golden.GetProperty("words").EnumerateArray().Select(word => word.ToString()),
                    Words(vocabulary.Words));
                Assert.Equal(
                    golden.GetProperty("counts").EnumerateArray().Select(count => count.GetInt64()), vocabulary.Counts);
                break;
            case FittedRates rates:
                CompareRates(golden, rates, script);
                break;
            default:
                Assert.Fail($"{found.GetType().Name} is unknown");
                break;
        }
    }

    private static void CompareRates(JsonElement golden, FittedRates rates, FeatureScript script)
    {
        double weight = script.Bound.Features.SelectMany(feature => feature.Members)
            .SelectMany(member => member.Encoders).First(encoder => encoder.NeedsLabel && encoder.Weight > 0).Weight;
        Assert.Equal(golden.GetProperty("p").GetDouble(), rates.Prior);
        Dictionary<string, double> expected = golden.GetProperty("rates").EnumerateObject()
            .ToDictionary(rate => rate.Name, rate => rate.Value.GetDouble());
        Dictionary<string, double> actual = Words(rates.Values).Select((word, index) => (word, index)).ToDictionary(
            pair => pair.word,
            pair => ContinuousEncoding.Rate(
                rates.Positives[pair.index], rates.Counts[pair.index], weight, rates.Prior));
        Assert.Equal(expected, actual);
    }

    private static IEnumerable<string> Words(ImmutableArray<CategoryValue> values) => values.Select(value =>
        value.Text.IsEmpty && value.Slot != 0
            ? value.Slot.ToString(CultureInfo.InvariantCulture)
            : Encoding.UTF8.GetString(value.Text.AsSpan()));

    private static IEnumerable<string> Borders(JsonElement member) =>
        Strings(member.GetProperty("0").GetProperty("borders"));

    private static IEnumerable<string> Strings(JsonElement array) =>
        array.EnumerateArray().Select(item => item.GetString()!);

    private static IEnumerable<string> Texts(ImmutableArray<double> borders) => borders.Select(HexFloat.Format);

    private static string FolderOf(string name)
    {
        string? folder = SharedFiles.Find(Path.Combine(Folder, name));
        Assert.SkipWhen(folder is null, $"{Folder} is not beside the repository");
        return folder!;
    }
}
