using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Fitting;
using Serving.Features.Types;
using Xunit;

namespace Serving.Features.Tests.Conformance;

/// <summary>
/// Statistics of a case in the layout of the golden files: feature member, position of the encoder, values; floats as
/// C99 hex. Several sizes are several members. A rate may hold the finished rates alone; its counts are then counted
/// here, and must give them.
/// </summary>
internal static class OracleStatistics
{
    /// <summary>Reads statistics of a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="json">The statistics.</param>
    /// <param name="requests">The rows that were fitted.</param>
    /// <param name="labels">Their labels; null of a row without one.</param>
    public static FittedStatistics Read(
        FeatureScript script, string json, RowBatch? requests = null, IReadOnlyList<bool?>? labels = null)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement members = document.RootElement.GetProperty("features");
        var fitted = new Dictionary<(string Member, int Position), FittedEncoder>();
        foreach (BoundFeatureMember member in script.Bound.Features.SelectMany(feature => feature.Members))
        {
            foreach (BoundEncoder encoder in member.Encoders.Where(encoder => encoder.NeedsStatistics))
            {
                string position = encoder.Position.ToString(CultureInfo.InvariantCulture);
                FittedEncoder entry;
                if (member.ColumnNames.Length > 1 && !members.TryGetProperty(member.Name, out _))
                {
                    entry = new FittedBorders(
                    [
                        .. member.ColumnNames.SelectMany(name =>
                            Borders(members.GetProperty(name).GetProperty(position).GetProperty("borders"))),
                    ]);
                }
                else
                {
                    JsonElement found = members.GetProperty(member.Name).GetProperty(position);
                    entry = found.TryGetProperty("rates", out JsonElement rates)
                        ? Rates(script, member, encoder, rates, Number(found, "p"), requests!, labels!)
                        : ReadOne(encoder, found);
                }

                fitted.Add((member.Name, encoder.Position), entry);
            }
        }

        return new FittedStatistics(script.Sha256, Encoding.UTF8.GetBytes(json), fitted.ToFrozenDictionary());
    }

    private static FittedRates Rates(
        FeatureScript script,
        BoundFeatureMember member,
        BoundEncoder encoder,
        JsonElement rates,
        double prior,
        RowBatch requests,
        IReadOnlyList<bool?> labels)
    {
        // R90: the first row of equal ids.
        var ids = new HashSet<string>();
        int field = ((BoundField)member.Value).Field;
        (string? Value, bool IsPositive)[] rows =
        [
            .. Enumerable.Range(0, requests.RowCount)
                .Where(row => ids.Add(CellWriter.Raw(requests, row, script.IdField)!) && labels[row] is not null)
                .Select(row => (CellWriter.Raw(requests, row, field), labels[row]!.Value)),
        ];
        Assert.Equal(prior, (double)rows.Count(row => row.IsPositive) / rows.Length);
        ILookup<string?, bool> byValue = rows.ToLookup(row => row.Value, row => row.IsPositive);
        foreach (JsonProperty rate in rates.EnumerateObject())
        {
            (int positives, int count) = (byValue[rate.Name].Count(one => one), byValue[rate.Name].Count());
            Assert.Equal(rate.Value.GetDouble(), (positives + (encoder.Weight * prior)) / (count + encoder.Weight));
        }

        string[] values = [.. rates.EnumerateObject().Select(rate => rate.Name)];
        return new FittedRates(
            prior,
            [.. values.Select(value => new CategoryValue(0, [.. Encoding.UTF8.GetBytes(value)]))],
            [.. values.Select(value => (long)byValue[value].Count(one => one))],
            [.. values.Select(value => (long)byValue[value].Count())]);
    }

    private static FittedEncoder ReadOne(BoundEncoder encoder, JsonElement found) => encoder.Kind switch
    {
        EncoderKind.Standardize => new FittedMoments(Number(found, "mean"), Number(found, "std")),
        EncoderKind.MinMax => new FittedRange(Number(found, "min"), Number(found, "max")),
        EncoderKind.Impute => new FittedFill(Number(found, "value")),
        EncoderKind.Vocab => new FittedVocabulary(
            [.. found.GetProperty("words").EnumerateArray().Select(word => Category(encoder.Input, word))],
            [.. found.GetProperty("counts").EnumerateArray().Select(count => count.GetInt64())]),
        EncoderKind.Rate => new FittedRates(
            Number(found, "p"),
            [.. found.GetProperty("values").EnumerateArray().Select(word => Category(encoder.Input, word))],
            [.. found.GetProperty("positives").EnumerateArray().Select(count => count.GetInt64())],
            [.. found.GetProperty("counts").EnumerateArray().Select(count => count.GetInt64())]),
        _ => new FittedBorders(Borders(found.GetProperty("borders"))),
    };

    private static ImmutableArray<ImmutableArray<double>> Borders(JsonElement found) =>
        found.GetArrayLength() > 0 && found[0].ValueKind == JsonValueKind.Array
            ? [.. found.EnumerateArray().Select(size => size.EnumerateArray().Select(Number).ToImmutableArray())]
            : [[.. found.EnumerateArray().Select(Number)]];

    private static CategoryValue Category(ScriptType input, JsonElement word)
    {
        TypeKind kind = input.IsList ? input.Element : input.Kind;
        return kind switch
        {
            TypeKind.String => new CategoryValue(0, [.. Encoding.UTF8.GetBytes(word.GetString()!)]),
            TypeKind.Float => new CategoryValue(BitConverter.DoubleToInt64Bits(Number(word)), []),
            TypeKind.Bool => new CategoryValue(word.GetBoolean() ? 1 : 0, []),
            _ => new CategoryValue(word.GetInt64(), []),
        };
    }

    private static double Number(JsonElement found, string name) => Number(found.GetProperty(name));

    private static double Number(JsonElement found) =>
        found.ValueKind == JsonValueKind.Number ? found.GetDouble() : HexFloat(found.GetString()!);

    private static double HexFloat(string text)
    {
        bool isNegative = text[0] == '-';
        string[] parts = text[(isNegative ? 3 : 2)..].Split('p');
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        int fraction = point < 0 ? 0 : parts[0].Length - point - 1;
        long significand = long.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        double value = Math.ScaleB(significand, int.Parse(parts[1], CultureInfo.InvariantCulture) - (4 * fraction));
        return isNegative ? -value : value;
    }
}
