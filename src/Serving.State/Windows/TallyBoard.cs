using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// Tallies of all measures of a log in a row of intervals or tiles. Reused; not safe for use by several threads.
/// </summary>
/// <remarks>The tally of measure m in row r stands at r * measures + m; squares and picks where a measure needs them.
/// </remarks>
internal sealed class TallyBoard
{
    private const MeasureParts Picks = MeasureParts.Count | MeasureParts.First | MeasureParts.Last;

    private readonly MeasurePlan[] _plans;
    private readonly bool _hasSquares;
    private readonly bool _hasPicks;
    private Tally[] _tallies = [];
    private Wide[] _squares = [];
    private Pick[] _firsts = [];
    private Pick[] _lasts = [];

    public TallyBoard(ImmutableArray<MeasurePlan> plans)
    {
        _plans = [.. plans];
        _hasSquares = plans.Any(plan => plan.Has(MeasureParts.SumOfSquares));
        _hasPicks = plans.Any(plan => plan.Has(MeasureParts.First | MeasureParts.Last));
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Floats that were clamped to the range of sums since the board was made (R40).</summary>
    public long ClampedFloats { get; private set; }

    /// <summary>Makes so many empty rows.</summary>
    [HotPath]
    public void Reset(int rows)
    {
        Rows = 0;
        int needed = rows * _plans.Length;
        Grow(needed);
        _tallies.AsSpan(0, needed).Clear();
        if (_hasSquares)
        {
            _squares.AsSpan(0, needed).Clear();
        }

        if (_hasPicks)
        {
            _firsts.AsSpan(0, needed).Clear();
            _lasts.AsSpan(0, needed).Clear();
        }

        Rows = rows;
    }

    /// <summary>Adds an empty row behind the others and returns its place.</summary>
    public int AddRow()
    {
        int start = Rows * _plans.Length;
        Grow(start + _plans.Length);
        for (int cell = start; cell < start + _plans.Length; cell++)
        {
            _tallies[cell] = default;
            if (_hasSquares)
            {
                _squares[cell] = default;
            }

            if (_hasPicks)
            {
                _firsts[cell] = default;
                _lasts[cell] = default;
            }
        }

        return Rows++;
    }

    /// <summary>The tallies [rows, measures].</summary>
    public ReadOnlySpan<Tally> Tallies => _tallies.AsSpan(0, Rows * _plans.Length);

    /// <summary>Whether no measure counted anything in a row.</summary>
    public bool IsEmpty(int row)
    {
        foreach (ref readonly Tally tally in _tallies.AsSpan(row * _plans.Length, _plans.Length))
        {
            if (tally.Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The tally of a measure in a row.</summary>
    public ref Tally At(int row, int measure) => ref _tallies[(row * _plans.Length) + measure];

    /// <summary>The sum of squares of a measure in a row. REQUIRES: the measure needs one.</summary>
    public ref Wide SquaresAt(int row, int measure) => ref _squares[(row * _plans.Length) + measure];

    /// <summary>The earliest event of a measure in a row. REQUIRES: some measure needs picks.</summary>
    public ref Pick FirstAt(int row, int measure) => ref _firsts[(row * _plans.Length) + measure];

    /// <summary>The latest event of a measure in a row. REQUIRES: some measure needs picks.</summary>
    public ref Pick LastAt(int row, int measure) => ref _lasts[(row * _plans.Length) + measure];

    /// <summary>Counts a record in a row, for every measure that lets it in.</summary>
    public void Add(int row, RecordSet records, int record, int columns) =>
        AddRun(row, records, new ReadOnlySpan<int>(in record), columns);

    /// <summary>Counts records in a row, for every measure that lets them in.</summary>
    [HotPath]
    public void AddRun(int row, RecordSet records, ReadOnlySpan<int> run, int columns)
    {
        MeasurePlan[] plans = _plans;
        int cell = row * plans.Length;
        for (int measure = 0; measure < plans.Length; measure++, cell++)
        {
            ref readonly MeasurePlan plan = ref plans[measure];
            if (plan.Parts == MeasureParts.None)
            {
                continue;
            }

            if (plan.IsPlain)
            {
                AddPlain(plan, ref _tallies[cell], records.Slots, run, columns);
                continue;
            }

            if ((plan.Parts & ~Picks) == MeasureParts.None)
            {
                AddPicks(plan, cell, records, run, columns);
                continue;
            }

            foreach (int record in run)
            {
                AddOne(plan, cell, records, record, record * columns);
            }
        }
    }

    /// <summary>Adds one tally to all measures of a row. REQUIRES: all count every event.</summary>
    public void AddToAll(int row, in Tally tally)
    {
        foreach (ref Tally own in _tallies.AsSpan(row * _plans.Length, _plans.Length))
        {
            own.Add(tally);
        }
    }

    /// <summary>Adds a row of another board over the same records.</summary>
    [HotPath]
    public void Merge(int row, TallyBoard other, int otherRow, RecordSet records)
    {
        int cell = row * _plans.Length;
        int from = otherRow * _plans.Length;
        for (int end = cell + _plans.Length; cell < end; cell++, from++)
        {
            _tallies[cell].Add(other._tallies[from]);
            if (_hasSquares)
            {
                _squares[cell] = _squares[cell].Plus(other._squares[from]);
            }

            if (_hasPicks)
            {
                TakeFirst(ref _firsts[cell], other._firsts[from], records);
                TakeLast(ref _lasts[cell], other._lasts[from], records);
            }
        }
    }

    // Without a where, with an argument that is never missing: sums stay in registers.
    private static void AddPlain(
        in MeasurePlan plan, ref Tally tally, long[] slots, ReadOnlySpan<int> run, int columns)
    {
        int argument = plan.Argument;
        bool isFirst = tally.Count == 0;
        tally.Count += run.Length;
        if (argument < 0)
        {
            return;
        }

        Int128 sum = Int128.Zero;
        long least = isFirst ? long.MaxValue : tally.Least;
        long greatest = isFirst ? long.MinValue : tally.Greatest;
        foreach (int record in run)
        {
            long value = slots[(record * columns) + argument];
            sum += value;
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        tally.Sum += sum;
        tally.Least = least;
        tally.Greatest = greatest;
    }

    private void AddOne(in MeasurePlan plan, int cell, RecordSet records, int record, int slots)
    {
        if (plan.Where >= 0 && records.Slots[slots + plan.Where] == 0)
        {
            return;
        }

        long value = 0;
        if (plan.Argument >= 0)
        {
            if (!records.Present[slots + plan.Argument])
            {
                return;
            }

            value = records.Slots[slots + plan.Argument];
        }

        if (plan.Parts == MeasureParts.Count)
        {
            _tallies[cell].Count++;
            return;
        }

        AddParts(plan, cell, value, records, record);
    }

    /// <summary>Takes the other event where it comes first by (time, id).</summary>
    public static void TakeFirst(ref Pick pick, in Pick other, RecordSet records)
    {
        if (other.IsPresent && (!pick.IsPresent || Compare(other, pick, records) < 0))
        {
            pick = other;
        }
    }

    /// <summary>Takes the other event where it comes last by (time, id).</summary>
    public static void TakeLast(ref Pick pick, in Pick other, RecordSet records)
    {
        if (other.IsPresent && (!pick.IsPresent || Compare(other, pick, records) >= 0))
        {
            pick = other;
        }
    }

    private static int Compare(in Pick left, in Pick right, RecordSet records)
    {
        int order = left.Time.CompareTo(right.Time);
        return order != 0 ? order : records.CompareIds(left.Id, left.IdText, right.Id, right.IdText);
    }

    private void AddParts(in MeasurePlan plan, int cell, long value, RecordSet records, int record)
    {
        ref Tally tally = ref _tallies[cell];
        long ordered = value;
        Int128 units = Int128.Zero;
        if (plan.Has(MeasureParts.Sum | MeasureParts.SumOfSquares))
        {
            units = value;
            if (plan.Kind == ValueKind.Float)
            {
                units = FloatUnits.Millionths(value, out bool clamped);
                ClampedFloats += clamped ? 1 : 0;
            }

            if (plan.Has(MeasureParts.SumOfSquares))
            {
                _squares[cell] = _squares[cell].Plus(Wide.Square(units));
            }
        }

        if (plan.Kind == ValueKind.Float)
        {
            ordered = FloatUnits.Ordered(value);
        }

        tally.Add(new Tally { Count = 1, Sum = units, Least = ordered, Greatest = ordered });
        if (plan.Has(MeasureParts.First | MeasureParts.Last))
        {
            AddPick(plan, cell, value, records, record);
        }
    }

    // Records come mostly in order of time: the latest is then the newest one, and the earliest stays.
    private void AddPick(in MeasurePlan plan, int cell, long value, RecordSet records, int record)
    {
        if (plan.Has(MeasureParts.First))
        {
            ref Pick first = ref _firsts[cell];
            if (!first.IsPresent || records.Times[record] < first.Time)
            {
                first = PickOf(value, records, record);
            }
            else if (records.Times[record] == first.Time)
            {
                TakeFirst(ref first, PickOf(value, records, record), records);
            }
        }

        if (plan.Has(MeasureParts.Last))
        {
            ref Pick last = ref _lasts[cell];
            if (!last.IsPresent || records.Times[record] > last.Time)
            {
                last = PickOf(value, records, record);
            }
            else if (records.Times[record] == last.Time)
            {
                TakeLast(ref last, PickOf(value, records, record), records);
            }
        }
    }

    // Counts a run and takes the first and last of it, which are looked for by their times alone where those differ.
    private void AddPicks(in MeasurePlan plan, int cell, RecordSet records, ReadOnlySpan<int> run, int columns)
    {
        int first = -1;
        int last = -1;
        long count = 0;
        EventOrder order = new(records);
        foreach (int record in run)
        {
            int slots = record * columns;
            if ((plan.Where >= 0 && records.Slots[slots + plan.Where] == 0)
                || (plan.Argument >= 0 && !records.Present[slots + plan.Argument]))
            {
                continue;
            }

            count++;
            first = first < 0 || order.Compare(record, first) < 0 ? record : first;
            last = last < 0 || order.Compare(record, last) >= 0 ? record : last;
        }

        _tallies[cell].Count += count;
        if (count > 0 && plan.Has(MeasureParts.First))
        {
            TakeFirst(ref _firsts[cell], PickOf(ValueOf(plan, records, first, columns), records, first), records);
        }

        if (count > 0 && plan.Has(MeasureParts.Last))
        {
            TakeLast(ref _lasts[cell], PickOf(ValueOf(plan, records, last, columns), records, last), records);
        }
    }

    private static long ValueOf(in MeasurePlan plan, RecordSet records, int record, int columns) =>
        plan.Argument < 0 ? 0 : records.Slots[(record * columns) + plan.Argument];

    private static Pick PickOf(long value, RecordSet records, int record) => new()
    {
        IsPresent = true,
        Time = records.Times[record],
        Id = records.Ids[record],
        IdText = records.IdTexts[record],
        Slot = value,
    };

    private void Grow(int cells)
    {
        if (cells <= _tallies.Length)
        {
            return;
        }

        int length = Math.Max(cells, _tallies.Length * 2);
        Array.Resize(ref _tallies, length);
        if (_hasSquares)
        {
            Array.Resize(ref _squares, length);
        }

        if (_hasPicks)
        {
            Array.Resize(ref _firsts, length);
            Array.Resize(ref _lasts, length);
        }
    }
}
