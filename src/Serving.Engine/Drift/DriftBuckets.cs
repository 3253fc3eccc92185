using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Serving.Data;
using Serving.Data.Numerics;

namespace Serving.Engine.Drift;

/// <summary>
/// A baseline made ready for counting: which cell a value belongs to. Immutable and safe for use by several threads;
/// counting allocates nothing.
/// </summary>
/// <remarks>
/// A number's cell is the number of borders at or below it: nine borders padded with infinities are three vectors of
/// four, compared at once without a branch. Borders of decimals stand in minor units, so that slots are not divided. A
/// text's cell is found by its key in a table that is at most half full.
/// </remarks>
internal sealed class DriftBuckets
{
    private const int BordersPadded = 12;
    private const int TableLength = 256;

    private readonly DriftColumns _columns;
    private readonly Plan[] _plans;

    // Of column c: _borders[c * BordersPadded + i].
    private readonly double[] _borders;

    // Of the text with number t: _keys[t * TableLength + slot], and the cell of that key; key 0 is an empty slot.
    private readonly ulong[] _keys;
    private readonly byte[] _cells;

    /// <summary>Makes the buckets of a baseline of the same columns.</summary>
    /// <param name="columns">What is watched.</param>
    /// <param name="baseline">What it is compared with.</param>
    /// <param name="keys">For each column the keys of its values; empty of a number.</param>
    public DriftBuckets(DriftColumns columns, DriftBaseline baseline, ImmutableArray<ImmutableArray<ulong>> keys)
    {
        _columns = columns;
        Baseline = baseline;
        _plans = new Plan[columns.Count];
        _borders = new double[columns.Count * BordersPadded];
        Array.Fill(_borders, double.PositiveInfinity);
        int texts = Enumerable.Range(0, columns.Count).Count(columns.IsText);
        _keys = new ulong[texts * TableLength];
        _cells = new byte[texts * TableLength];
        int text = 0;
        for (int column = 0; column < columns.Count; column++)
        {
            FieldType type = columns.Types[column];
            int table = columns.IsText(column) ? text++ : 0;
            _plans[column] = new Plan(
                type.Kind, columns.FirstCells[column], column * BordersPadded, table * TableLength);
            double scale = ScaleOf(type);
            for (int index = 0; index < baseline.Columns[column].Borders.Length; index++)
            {
                double border = baseline.Columns[column].Borders[index];
                _borders[(column * BordersPadded) + index] = scale == 1 ? border : Math.Round(border * scale);
            }

            for (int index = 0; index < keys[column].Length; index++)
            {
                Insert(table * TableLength, keys[column][index], (byte)(index + DriftColumns.UnseenCell + 1));
            }
        }
    }

    /// <summary>What is compared with.</summary>
    public DriftBaseline Baseline { get; }

    /// <summary>The buckets of a baseline that names its values.</summary>
    public static DriftBuckets Of(DriftColumns columns, DriftBaseline baseline) => new(
        columns,
        baseline,
        [
            .. baseline.Columns.Select((column, index) => column.Values
                .Select(value => DriftKeys.Of(value, columns.Types[index])).ToImmutableArray()),
        ]);

    /// <summary>Counts rows and their scores.</summary>
    /// <param name="features">The features before encoders.</param>
    /// <param name="scores">Their scores, the first of each row counts.</param>
    /// <param name="stride">Scores of one row.</param>
    /// <param name="counts">Receives one more in a cell of each column for each row.</param>
    [HotPath]
    public void Count(RowBatch features, ReadOnlySpan<double> scores, int stride, long[] counts)
    {
        int fields = features.FieldCount;
        int rows = features.RowCount;
        ReadOnlySpan<long> values = features.Values.AsSpan(0, rows * fields);
        ReadOnlySpan<bool> present = features.Present.AsSpan(0, rows * fields);
        for (int column = 0; column < fields; column++)
        {
            ref readonly Plan plan = ref _plans[column];
            int first = plan.FirstCell;
            for (int place = column; place < values.Length; place += fields)
            {
                int cell = !present[place] ? DriftColumns.MissingCell
                    : plan.Kind == ValueKind.String ? CellOf(plan, DriftKeys.Of(features.TextOf(values[place])))
                    : plan.Kind == ValueKind.Digest ? CellOf(plan, DriftKeys.Of(values[place]))
                    : CellOf(plan, NumberOf(plan.Kind, values[place]));
                counts[first + cell]++;
            }
        }

        ref readonly Plan score = ref _plans[fields];
        for (int place = 0; place < scores.Length; place += stride)
        {
            counts[score.FirstCell + CellOf(score, scores[place])]++;
        }
    }

    /// <summary>Counts one row of <see cref="FirstAnswers"/>.</summary>
    public void Count(ReadOnlySpan<long> stored, long[] counts)
    {
        for (int column = 0; column < _plans.Length; column++)
        {
            ref readonly Plan plan = ref _plans[column];
            bool isMissing = FirstAnswers.IsMissing(stored[column], _columns.IsText(column));
            int cell = isMissing ? DriftColumns.MissingCell
                : _columns.IsText(column) ? CellOf(plan, (ulong)stored[column])
                : CellOf(plan, BitConverter.Int64BitsToDouble(stored[column]));
            counts[plan.FirstCell + cell]++;
        }
    }

    /// <summary>Minor units of one, by which a number of a column is multiplied.</summary>
    public static double ScaleOf(FieldType type) =>
        type.Kind == ValueKind.Decimal ? PortableMath.Pow(10, type.Scale) : 1;

    /// <summary>A slot as a number: minor units of a decimal, the length of a list.</summary>
    [HotPath]
    public static double NumberOf(ValueKind kind, long slot) => kind switch
    {
        ValueKind.Float => BitConverter.Int64BitsToDouble(slot),
        ValueKind.List => TextHandle.Length(slot),
        _ => slot,
    };

    [HotPath]
    private int CellOf(in Plan plan, double value)
    {
        ReadOnlySpan<double> borders = _borders.AsSpan(plan.FirstBorder, BordersPadded);
        Vector256<double> values = Vector256.Create(value);
        uint below = Vector256.GreaterThanOrEqual(values, Vector256.Create(borders)).ExtractMostSignificantBits()
            | (Vector256.GreaterThanOrEqual(values, Vector256.Create(borders[4..])).ExtractMostSignificantBits() << 4)
            | (Vector256.GreaterThanOrEqual(values, Vector256.Create(borders[8..])).ExtractMostSignificantBits() << 8);
        return BitOperations.PopCount(below) + 1;
    }

    [HotPath]
    private int CellOf(in Plan plan, ulong key)
    {
        for (int slot = SlotOf(key); ; slot = (slot + 1) & (TableLength - 1))
        {
            ulong found = _keys[plan.Table + slot];
            if (found == key || found == 0)
            {
                return found == 0 ? DriftColumns.UnseenCell : _cells[plan.Table + slot];
            }
        }
    }

    private void Insert(int table, ulong key, byte cell)
    {
        int slot = SlotOf(key);
        while (_keys[table + slot] != 0)
        {
            slot = (slot + 1) & (TableLength - 1);
        }

        _keys[table + slot] = key;
        _cells[table + slot] = cell;
    }

    // The lowest bit is always set.
    private static int SlotOf(ulong key) => (int)(key >> 1) & (TableLength - 1);

    /// <summary>Where the parts of a column stand.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Plan(ValueKind Kind, int FirstCell, int FirstBorder, int Table);
}
