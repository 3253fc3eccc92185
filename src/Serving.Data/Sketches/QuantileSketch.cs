using Serving.Data.Numerics;

namespace Serving.Data.Sketches;

/// <summary>
/// A KLL sketch: the distribution of any number of values in bounded memory, exact until it first has to forget, and
/// mergeable. The same values in the same order under the same seed give the same sketch on every machine. Not safe for
/// use by several threads.
/// </summary>
/// <remarks>
/// Level h holds values that stand for 2^h each. A level that is full is sorted, and every other value of it, from the
/// first or from the second on by a coin, moves up: ranks keep their mean, and the weight of all is kept exactly. Lower
/// levels are smaller by 2/3 each. Source: Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation in streams",
/// FOCS 2016 (arXiv 1603.05346), with the lazy compaction of section 4. The error of a rank is at most
/// 2.296 / k^0.9021 of all values with 99 % probability (measured by the authors of Apache DataSketches,
/// KllSketch::get_normalized_rank_error): 0.13 % for k = 4096. Merging keeps that bound (section 5).
/// </remarks>
public sealed class QuantileSketch
{
    /// <summary>The k that fitting uses: 0.13 % of rank error in at most about 200 KiB.</summary>
    public const int DefaultK = 4096;

    /// <summary>Least k.</summary>
    public const int KMin = 8;

    /// <summary>Greatest k.</summary>
    public const int KMax = 1 << 16;

    // Values stand for at most 2^62 each.
    internal const int LevelsMax = 63;

    // A level of fewer could not halve in a useful way.
    private const int LevelCapacityMin = 8;
    private const double Shrink = 2.0 / 3;

    private double[][] _levels = [[]];
    private int[] _sizes = [0];
    private int _size;
    private int _capacity;
    private ulong _state;

    /// <summary>Makes an empty sketch.</summary>
    /// <param name="k">Capacity of the highest level; the error is about 2.3 / k^0.9.</param>
    /// <param name="seed">Of the coins; different columns take different ones.</param>
    public QuantileSketch(int k = DefaultK, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, KMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, KMax);
        K = k;
        _state = seed;
        _capacity = CapacityOfAll();
    }

    internal QuantileSketch(int k, ulong state, double[][] levels, (double Min, double Max) range)
        : this(k, state)
    {
        _levels = levels;
        _sizes = [.. levels.Select(level => level.Length)];
        _size = _sizes.Sum();
        _capacity = CapacityOfAll();
        (Min, Max) = range;
        for (int level = 0; level < levels.Length; level++)
        {
            Count += (long)levels[level].Length << level;
        }
    }

    /// <summary>Capacity of the highest level.</summary>
    public int K { get; }

    /// <summary>Values that were added.</summary>
    public long Count { get; private set; }

    /// <summary>The least value, exactly; +infinity without any.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The greatest value, exactly; -infinity without any.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Whether every value is still there.</summary>
    public bool IsExact => _levels.Length == 1;

    /// <summary>Values that are held.</summary>
    public int HeldCount => _size;

    /// <summary>The share of all values by which a rank may be wrong, with 99 % probability.</summary>
    public double RankError => RankErrorOf(K);

    internal ulong State => _state;

    internal int LevelCount => _levels.Length;

    /// <summary>The share of all values by which a rank of a sketch may be wrong, with 99 % probability.</summary>
    public static double RankErrorOf(int k) => 2.296 / PortableMath.Pow(k, 0.9021);

    /// <summary>Adds a finite value; -0 counts as 0.</summary>
    public void Add(double value)
    {
        Note(value, 1);
        Append(0, value + 0.0);
        if (_size > _capacity)
        {
            Compress();
        }
    }

    /// <summary>Adds a finite value many times: as the powers of two that the number is made of.</summary>
    public void Add(double value, long times)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        if (times == 0)
        {
            return;
        }

        Note(value, times);
        for (int level = 0; times >> level != 0; level++)
        {
            if ((times >> level & 1) != 0)
            {
                Append(level, value + 0.0);
            }
        }

        CompressFully();
    }

    /// <summary>Adds what another sketch holds; it stays as it is. The smaller k decides the error.</summary>
    public void Merge(QuantileSketch other)
    {
        Count += other.Count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        _state ^= ulong.RotateLeft(other._state, 31) + 0x9E3779B97F4A7C15;
        for (int level = 0; level < other._levels.Length; level++)
        {
            foreach (double value in other.LevelAt(level))
            {
                Append(level, value);
            }
        }

        CompressFully();
    }

    /// <summary>
    /// The values that are held, strictly ascending, each with how many it stands for; the numbers sum to
    /// <see cref="Count"/>, and the first and the last are the exact least and greatest.
    /// </summary>
    public (double[] Values, long[] Counts) ToDistribution()
    {
        double[] values = new double[_size];
        long[] counts = new long[_size];
        int next = 0;
        for (int level = 0; level < _levels.Length; level++)
        {
            foreach (double value in LevelAt(level))
            {
                values[next] = value;
                counts[next++] = 1L << level;
            }
        }

        Array.Sort(values, counts);
        if (next > 0)
        {
            values[0] = Min;
            values[^1] = Max;
        }

        int last = -1;
        for (int index = 0; index < next; index++)
        {
            if (last >= 0 && values[last] == values[index])
            {
                counts[last] += counts[index];
            }
            else
            {
                values[++last] = values[index];
                counts[last] = counts[index];
            }
        }

        return (values[..(last + 1)], counts[..(last + 1)]);
    }

    /// <summary>About how many of the values are less than one.</summary>
    public long RankOf(double value)
    {
        long rank = 0;
        for (int level = 0; level < _levels.Length; level++)
        {
            foreach (double held in LevelAt(level))
            {
                rank += held < value ? 1L << level : 0;
            }
        }

        return rank;
    }

    internal ReadOnlySpan<double> LevelAt(int level) => _levels[level].AsSpan(0, _sizes[level]);

    private void Note(double value, long times)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "a finite number is expected");
        }

        Count += times;
        Min = Math.Min(Min, value + 0.0);
        Max = Math.Max(Max, value + 0.0);
    }

    private void Append(int level, double value)
    {
        while (level >= _levels.Length)
        {
            AddLevel();
        }

        if (_sizes[level] == _levels[level].Length)
        {
            Array.Resize(ref _levels[level], Math.Max(LevelCapacityMin, _sizes[level] * 2));
        }

        _levels[level][_sizes[level]++] = value;
        _size++;
    }

    private void CompressFully()
    {
        while (_size > _capacity)
        {
            Compress();
        }
    }

    // Lazy: the lowest level that is full is enough, and a level below capacity keeps what it knows exactly.
    private void Compress()
    {
        for (int level = 0; level < _levels.Length; level++)
        {
            if (_sizes[level] >= CapacityOf(level))
            {
                Compact(level);
                return;
            }
        }
    }

    private void Compact(int level)
    {
        if (level + 1 == _levels.Length)
        {
            AddLevel();
        }

        double[] values = _levels[level];
        int count = _sizes[level];
        Array.Sort(values, 0, count);

        // An odd one out stays, so that the weight of all is kept.
        int kept = count & 1;
        for (int index = kept + Coin(); index < count; index += 2)
        {
            Append(level + 1, values[index]);
        }

        _size -= count - kept;
        _sizes[level] = kept;
    }

    private void AddLevel()
    {
        _levels = [.. _levels, []];
        _sizes = [.. _sizes, 0];
        _capacity = CapacityOfAll();
    }

    private int CapacityOf(int level) => Math.Max(
        LevelCapacityMin, (int)Math.Ceiling(K * PortableMath.Pow(Shrink, _levels.Length - level - 1)));

    private int CapacityOfAll()
    {
        int capacity = 0;
        for (int level = 0; level < _levels.Length; level++)
        {
            capacity += CapacityOf(level);
        }

        return capacity;
    }

    // SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): one state, portable, good in its high bits.
    private int Coin()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) >> 63);
    }
}
