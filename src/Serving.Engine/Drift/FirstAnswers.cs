using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Engine.Drift;

/// <summary>
/// The first answers of a version that came without a baseline, kept whole until they are one. Requests claim a place
/// each by one atomic addition, write it and mark it; the monitor reads what is marked. Allocates nothing after it was
/// made.
/// </summary>
internal sealed class FirstAnswers
{
    /// <summary>Answers that make a baseline.</summary>
    public const int WantedMax = 10_000;

    // Memory of one version until its baseline is made; a model of very many columns gets fewer answers.
    private const long BytesMax = 64 << 20;

    private readonly DriftColumns _columns;
    private readonly TimeProvider _time;

    // Of answer a and column c: _values[a * _columns.Count + c]; a number's bits or a text's key.
    private readonly long[] _values;
    private readonly long[] _times;
    private readonly bool[] _isWritten;
    private readonly int _capacity;
    private int _claimed;
    private long _lost;

    /// <summary>Makes room for the first answers and those that come while the baseline is made.</summary>
    public FirstAnswers(DriftColumns columns, TimeProvider time)
    {
        _columns = columns;
        _time = time;
        _capacity = (int)Math.Min(WantedMax * 2L, BytesMax / 8 / columns.Count);
        Wanted = Math.Min(WantedMax, _capacity / 2);
        _values = new long[_capacity * columns.Count];
        _times = new long[_capacity];
        _isWritten = new bool[_capacity];
    }

    /// <summary>Answers that make the baseline.</summary>
    public int Wanted { get; }

    /// <summary>Answers for which there was no place.</summary>
    public long LostCount => Interlocked.Read(ref _lost);

    /// <summary>Answers that have a place.</summary>
    public int ClaimedCount => Math.Min(_capacity, Volatile.Read(ref _claimed));

    /// <summary>Keeps answers as far as there is room; true when the last of the wanted ones was among them.</summary>
    [HotPath]
    public bool Add(RowBatch features, ReadOnlySpan<double> scores, int stride)
    {
        int rows = features.RowCount;
        if (Volatile.Read(ref _claimed) >= _capacity)
        {
            Interlocked.Add(ref _lost, rows);
            return false;
        }

        int first = Interlocked.Add(ref _claimed, rows) - rows;
        long now = _time.GetTimestamp();
        int kept = Math.Clamp(_capacity - first, 0, rows);
        Interlocked.Add(ref _lost, rows - kept);
        for (int row = 0; row < kept; row++)
        {
            Write(features, row, _values.AsSpan((first + row) * _columns.Count, _columns.Count));
            _values[((first + row + 1) * _columns.Count) - 1] =
                BitConverter.DoubleToInt64Bits(scores[row * stride]);
            _times[first + row] = now;
            Volatile.Write(ref _isWritten[first + row], true);
        }

        return first < Wanted && first + rows >= Wanted;
    }

    /// <summary>Whether a stored value is none.</summary>
    public static bool IsMissing(long stored, bool isText) =>
        isText ? stored == 0 : double.IsNaN(BitConverter.Int64BitsToDouble(stored));

    /// <summary>How many answers from the first on are written without a gap, at most a number.</summary>
    public int CountWritten(int most)
    {
        int count = 0;
        while (count < most && count < _capacity && Volatile.Read(ref _isWritten[count]))
        {
            count++;
        }

        return count;
    }

    /// <summary>Whether an answer is written.</summary>
    public bool IsWritten(int answer) => Volatile.Read(ref _isWritten[answer]);

    /// <summary>The values of a written answer.</summary>
    public ReadOnlySpan<long> ValuesOf(int answer) => _values.AsSpan(answer * _columns.Count, _columns.Count);

    /// <summary>When a written answer was given.</summary>
    public DateTimeOffset TimeOf(int answer) => _time.GetUtcNow() - _time.GetElapsedTime(_times[answer]);

    /// <summary>The buckets of the first answers.</summary>
    public DriftBuckets Build(int answers)
    {
        var built = ImmutableArray.CreateBuilder<BaselineColumn>(_columns.Count);
        var keys = ImmutableArray.CreateBuilder<ImmutableArray<ulong>>(_columns.Count);
        for (int column = 0; column < _columns.Count; column++)
        {
            (BaselineColumn found, ImmutableArray<ulong> values) =
                _columns.IsText(column) ? BuildText(column, answers) : (BuildNumber(column, answers), []);
            built.Add(found);
            keys.Add(values);
        }

        return new DriftBuckets(
            _columns, new DriftBaseline(answers, built.MoveToImmutable()), keys.MoveToImmutable());
    }

    [HotPath]
    private void Write(RowBatch features, int row, Span<long> stored)
    {
        for (int column = 0; column < features.FieldCount; column++)
        {
            bool isText = _columns.IsText(column);
            ValueKind kind = _columns.Types[column].Kind;
            long slot = features.Get(row, column);
            stored[column] = !features.IsPresent(row, column)
                ? (isText ? 0 : BitConverter.DoubleToInt64Bits(double.NaN))
                : kind == ValueKind.String ? (long)DriftKeys.Of(features.TextOf(slot))
                : kind == ValueKind.Digest ? (long)DriftKeys.Of(slot)
                : BitConverter.DoubleToInt64Bits(DriftBuckets.NumberOf(kind, slot));
        }
    }

    private BaselineColumn BuildNumber(int column, int answers)
    {
        var builder = new ColumnBuilder(_columns.Names[column], isText: false);
        double scale = DriftBuckets.ScaleOf(_columns.Types[column]);
        for (int answer = 0; answer < answers; answer++)
        {
            double value = BitConverter.Int64BitsToDouble(ValuesOf(answer)[column]);
            if (double.IsNaN(value))
            {
                builder.AddMissing();
            }
            else
            {
                builder.Add(value / scale);
            }
        }

        return builder.Build();
    }

    // The texts themselves were not kept: their keys stand for them.
    private (BaselineColumn Column, ImmutableArray<ulong> Keys) BuildText(int column, int answers)
    {
        // Sorted instead of hashed: clients choose the texts.
        long[] found = new long[answers];
        for (int answer = 0; answer < answers; answer++)
        {
            found[answer] = ValuesOf(answer)[column];
        }

        Array.Sort(found);
        var counts = new List<(long Key, long Count)>();
        foreach (long key in found)
        {
            if (counts.Count > 0 && counts[^1].Key == key)
            {
                counts[^1] = (key, counts[^1].Count + 1);
            }
            else
            {
                counts.Add((key, 1));
            }
        }

        long missing = counts.Where(pair => pair.Key == 0).Sum(pair => pair.Count);
        (long Key, long Count)[] kept = [.. counts.Where(pair => pair.Key != 0)
            .OrderByDescending(pair => pair.Count).ThenBy(pair => pair.Key).Take(DriftColumns.TextValuesMax)];
        var built = new BaselineColumn(
            _columns.Names[column],
            true,
            [],
            [.. kept.Select(pair => $"#{pair.Key:x16}")],
            [.. kept.Select(pair => pair.Count)],
            answers - missing - kept.Sum(pair => pair.Count),
            missing);
        return (built, [.. kept.Select(pair => (ulong)pair.Key)]);
    }
}
