using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>Counts the distinct numbers of a member.</summary>
internal sealed class NumberAccumulator : MemberAccumulator
{
    private readonly NumberCounts _table;

    public NumberAccumulator(BoundFeatureMember member, MemoryBudget budget)
        : base(member) =>
        _table = new NumberCounts(
            $"feature '{member.Name}'", member.Encoders.Any(encoder => encoder.NeedsLabel), budget);

    public override void Add(RowBatch values, int field, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> labels)
    {
        foreach (int row in rows)
        {
            if (values.IsPresent(row, field))
            {
                _table.Add(Read(values.Get(row, field)), labels[row]);
            }
            else
            {
                _table.AddMissing(labels[row]);
            }
        }
    }

    public override void Merge(MemberAccumulator other) => _table.Merge(((NumberAccumulator)other)._table);

    public override ImmutableArray<FittedStep> Finish() => ChainFitter.Fit(Member, 0, _table.ToDistribution());
}
