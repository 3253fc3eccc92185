using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Counts the distinct values of a member that begins with <c>vocab</c> or <c>rate</c>; elements of lists each.
/// </summary>
internal sealed class CategoryAccumulator : MemberAccumulator
{
    private readonly CategoryType _type;
    private readonly bool _isList;
    private readonly CategoryCounts _table;
    private long _present;

    public CategoryAccumulator(BoundFeatureMember member, MemoryBudget budget)
        : base(member)
    {
        _type = CategoryType.Of(member.Raw.Type);
        _isList = member.Raw.Type.IsList;
        _table = new CategoryCounts($"feature '{member.Name}'", _type.IsText, budget);
    }

    public override void Add(RowBatch values, int field, ReadOnlySpan<int> rows, ReadOnlySpan<sbyte> labels)
    {
        foreach (int row in rows)
        {
            if (!values.IsPresent(row, field))
            {
                _table.AddMissing(labels[row]);
                continue;
            }

            _present++;
            if (!_isList)
            {
                AddValue(values, values.Get(row, field), labels[row]);
            }
            else
            {
                foreach (long item in values.GetList(row, field))
                {
                    AddValue(values, item, labels[row]);
                }
            }
        }
    }

    public override void Merge(MemberAccumulator other)
    {
        var categories = (CategoryAccumulator)other;
        _table.Merge(categories._table);
        _present += categories._present;
    }

    public override ImmutableArray<FittedStep> Finish() =>
        ChainFitter.FitCategories(Member, 0, _table.ToDistribution(_type, _present));

    private void AddValue(RowBatch values, long slot, int label)
    {
        if (_type.IsText)
        {
            _table.Add(values.TextOf(slot), label);
        }
        else
        {
            _table.Add(slot, label);
        }
    }
}
