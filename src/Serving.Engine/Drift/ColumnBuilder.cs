using System.Collections.Immutable;
using Serving.Data.Sketches;

namespace Serving.Engine.Drift;

/// <summary>
/// Gathers one column of a baseline: numbers in a sketch that is exact for 65,536 of them and within 0.01 % of the rows
/// beyond, texts by value. One thread.
/// </summary>
internal sealed class ColumnBuilder(string name, bool isText)
{
    // A text of more distinct values is no category; what comes beyond is counted as other.
    private const int TextsMax = 1 << 20;

    private readonly QuantileSketch _numbers = new(QuantileSketch.KMax);
    private readonly Dictionary<string, long> _texts = new(StringComparer.Ordinal);
    private long _other;
    private long _missing;

    /// <summary>Adds a finite number.</summary>
    public void Add(double value) => _numbers.Add(value);

    /// <summary>Adds a text.</summary>
    public void Add(string value)
    {
        if (_texts.TryGetValue(value, out long count) || _texts.Count < TextsMax)
        {
            _texts[value] = count + 1;
        }
        else
        {
            _other++;
        }
    }

    /// <summary>Adds a row without a value.</summary>
    public void AddMissing() => _missing++;

    /// <summary>The column: deciles, or the most frequent values (of equal count the lesser first).</summary>
    public BaselineColumn Build() => isText ? BuildText() : BuildNumber();

    private BaselineColumn BuildNumber()
    {
        (double[] values, long[] counts) = _numbers.ToDistribution();
        int[] bucketOf = PopulationStability.BucketsOf(counts);
        long[] sums = new long[values.Length == 0 ? 1 : bucketOf[^1] + 1];
        PopulationStability.Join(counts, bucketOf, sums);
        var borders = ImmutableArray.CreateBuilder<double>();
        for (int index = 1; index < values.Length; index++)
        {
            if (bucketOf[index] != bucketOf[index - 1])
            {
                borders.Add(values[index]);
            }
        }

        return new BaselineColumn(name, false, borders.ToImmutable(), [], [.. sums], 0, _missing);
    }

    private BaselineColumn BuildText()
    {
        KeyValuePair<string, long>[] kept = [.. _texts.OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(DriftColumns.TextValuesMax)];
        long other = _other + _texts.Values.Sum() - kept.Sum(pair => pair.Value);
        return new BaselineColumn(
            name, true, [], [.. kept.Select(pair => pair.Key)], [.. kept.Select(pair => pair.Value)], other, _missing);
    }
}
