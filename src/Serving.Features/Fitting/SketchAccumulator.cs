using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Serving.Data;
using Serving.Data.Sketches;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// The numbers of a member in bounded memory: counted exactly up to a number of distinct values, sketched beyond. Used
/// where the exact tables of all features exceed their memory. What it finds depends on the order of the rows, so one
/// thread reads them; the seed is the hash of the member's name.
/// </summary>
internal sealed class SketchAccumulator : MemberAccumulator
{
    /// <summary>Distinct values up to which a member is counted exactly.</summary>
    public const int DistinctMax = 1 << 16;

    /// <summary>How the statistics file names what was sketched.</summary>
    public const string SketchName = "kll-4096";

    private readonly QuantileSketch _sketch;
    private NumberCounts? _table;
    private LabelCounts _missing;

    public SketchAccumulator(BoundFeatureMember member, MemoryBudget budget)
        : base(member)
    {
        _sketch = new QuantileSketch(
            QuantileSketch.DefaultK, XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(member.Name)));
        _table = new NumberCounts($"feature '{member.Name}'", isLabelled: false, budget);
    }

    /// <summary>
    /// Whether ranks within an error are enough for a member: not for encoders against the label, whose tables are of
    /// labels, nor for the most frequent value or a vocabulary, which are values and no ranks.
    /// </summary>
    public static bool Serves(BoundFeatureMember member) => member.Encoders.All(encoder =>
        !encoder.NeedsLabel
        && encoder.Kind is not (EncoderKind.Vocab or EncoderKind.Rate)
        && (encoder.Kind != EncoderKind.Impute || encoder.Impute != ImputeMode.Mode));

    public override void Add(RowBatch values, int field, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> labels)
    {
        foreach (int row in rows)
        {
            if (!values.IsPresent(row, field))
            {
                _missing = _missing.With(-1);
            }
            else if (_table is null)
            {
                _sketch.Add(Read(values.Get(row, field)));
            }
            else
            {
                Count(Read(values.Get(row, field)));
            }
        }
    }

    public override void Merge(MemberAccumulator other) =>
        throw new InvalidOperationException("a pass that sketches has one thread");

    public override ImmutableArray<FittedStep> Finish()
    {
        if (_table is not null)
        {
            NumberDistribution exact = _table.ToDistribution();
            return ChainFitter.Fit(
                Member, 0, new NumberDistribution(exact.Values.ToArray(), exact.Counts.ToArray(), _missing));
        }

        (double[] found, long[] counts) = _sketch.ToDistribution();
        var numbers = new NumberDistribution(
            found, Array.ConvertAll(counts, count => new LabelCounts(count, 0, 0)), _missing, isSketched: true);
        return
        [
            .. ChainFitter.Fit(Member, 0, numbers).Select(
                step => step with { Fitted = step.Fitted with { Sketch = SketchName } }),
        ];
    }

    private void Count(double value)
    {
        _table!.Add(value, -1);
        if (_table.Distinct <= DistinctMax)
        {
            return;
        }

        NumberDistribution counted = _table.ToDistribution();
        _table = null;
        for (int index = 0; index < counted.Values.Length; index++)
        {
            _sketch.Add(counted.Values[index], counted.Counts[index].Rows);
        }
    }
}
