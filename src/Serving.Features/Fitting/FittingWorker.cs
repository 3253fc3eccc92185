using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>The buffers and counts of one thread of a pass.</summary>
internal sealed class FittingWorker
{
    private readonly RowBatch _values;
    private readonly RowBatch? _kept;
    private readonly FeatureFrame _frame;
    private readonly ImmutableArray<MemberAccumulator> _members;
    private bool[] _isFirst = [];
    private int[] _selected = [];
    private sbyte[] _labels = [];
    private FittingFacts _facts;

    public FittingWorker(FittingPassPlan plan, IRowSource source)
    {
        Rows = new RowBatch(source.Schema);
        _kept = source.KeptSchema is null ? null : new RowBatch(source.KeptSchema);
        _values = new RowBatch(plan.Cells.Schema);
        _frame = plan.Program.CreateFrame();
        _members = [.. plan.Members.Select(member => MemberAccumulator.Create(member, plan.Budget, plan.Sketches))];
    }

    /// <summary>The rows of the piece at hand.</summary>
    public RowBatch Rows { get; }

    /// <summary>For each row whether its request id is new.</summary>
    public Span<bool> IsFirst => _isFirst.AsSpan(0, Rows.RowCount);

    /// <summary>What was counted.</summary>
    public FittingFacts Facts => _facts with { Saturations = _facts.Saturations + _frame.SaturationCount };

    /// <summary>The members with their counts.</summary>
    public ImmutableArray<MemberAccumulator> Members => _members;

    /// <summary>Parses a piece of input.</summary>
    public void Parse(IRowChunk chunk)
    {
        chunk.Parse(Rows, _kept);
        if (_isFirst.Length < Rows.RowCount)
        {
            _isFirst = new bool[Rows.RowCount];
            _selected = new int[Rows.RowCount];
            _labels = new sbyte[Rows.RowCount];
        }
    }

    /// <summary>Forgets a piece that could not be parsed.</summary>
    public void Drop() => Rows.Clear();

    /// <summary>Adds the counts of another worker.</summary>
    public void Merge(FittingWorker other)
    {
        _facts += other.Facts;
        for (int member = 0; member < _members.Length; member++)
        {
            _members[member].Merge(other._members[member]);
        }
    }

    /// <summary>Evaluates the rows and counts those that are fitted.</summary>
    public void Count(FittingPassPlan plan)
    {
        if (Rows.RowCount == 0)
        {
            return;
        }

        plan.Program.Evaluate(Rows, _values, _frame);
        ReadLabels(plan);
        ReadOnlySpan<int> selected = _selected.AsSpan(0, Select(plan));
        for (int member = 0; member < _members.Length; member++)
        {
            _members[member].Add(_values, member, selected, _labels);
        }
    }

    private void ReadLabels(FittingPassPlan plan)
    {
        (RowBatch source, int place) = plan.Options.LabelField is { } field
            ? (Rows, field)
            : (_values, plan.LabelPlace);
        for (int row = 0; row < Rows.RowCount; row++)
        {
            bool isKnown = place >= 0 && source.IsPresent(row, place);
            _labels[row] = isKnown ? (sbyte)source.Get(row, place) : (sbyte)-1;
        }
    }

    // R90: the first of equal ids, from <= time < until, and the condition true.
    private int Select(FittingPassPlan plan)
    {
        int count = 0;
        int timeField = plan.Script.TimeField;
        long from = plan.Options.From ?? long.MinValue;
        for (int row = 0; row < Rows.RowCount; row++)
        {
            long time = Rows.Get(row, timeField);
            FittingFacts fact;
            if (!_isFirst[row])
            {
                fact = new FittingFacts { Repeated = 1 };
            }
            else if (time < from || time >= plan.Options.Until)
            {
                fact = new FittingFacts { Outside = 1 };
            }
            else if (plan.ConditionPlace >= 0 && _values.Get(row, plan.ConditionPlace) == 0)
            {
                fact = new FittingFacts { Excluded = 1 };
            }
            else
            {
                _selected[count++] = row;
                fact = new FittingFacts { Rows = 1, FirstTime = time, LastTime = time };
            }

            _facts += fact;
        }

        return count;
    }
}
