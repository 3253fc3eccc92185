using Serving.Engine.Drift;

namespace Serving.Engine.Routing.Gates;

/// <summary>Bins of <see cref="FloatBins"/> that are not empty, in order. Immutable.</summary>
internal sealed class BinCounts
{
    private readonly ushort[] _bins;
    private readonly long[] _counts;

    /// <summary>Takes bins in ascending order and their counts.</summary>
    public BinCounts(ushort[] bins, long[] counts)
    {
        _bins = bins;
        _counts = counts;
        Total = counts.Sum();
    }

    /// <summary>No numbers.</summary>
    public static BinCounts Empty { get; } = new([], []);

    /// <summary>How many numbers were counted.</summary>
    public long Total { get; }

    /// <summary>What came since an earlier reading of the same bins.</summary>
    public BinCounts Since(BinCounts earlier)
    {
        var bins = new List<ushort>(_bins.Length);
        var counts = new List<long>(_bins.Length);
        int before = 0;
        for (int index = 0; index < _bins.Length; index++)
        {
            while (before < earlier._bins.Length && earlier._bins[before] < _bins[index])
            {
                before++;
            }

            bool isOld = before < earlier._bins.Length && earlier._bins[before] == _bins[index];
            long count = _counts[index] - (isOld ? earlier._counts[before] : 0);
            if (count != 0)
            {
                bins.Add(_bins[index]);
                counts.Add(count);
            }
        }

        return new BinCounts([.. bins], [.. counts]);
    }

    /// <summary>How many numbers lie in bins above that of a number.</summary>
    public long Above(double value)
    {
        int bin = FloatBins.BinOf(value);
        long count = 0;
        for (int index = _bins.Length - 1; index >= 0 && _bins[index] > bin; index--)
        {
            count += _counts[index];
        }

        return count;
    }

    /// <summary>The number below which a share of all lies, to the width of a bin; 0 without numbers.</summary>
    public double Quantile(double share)
    {
        long rank = (long)Math.Ceiling(share * Total);
        for (int index = 0; index < _bins.Length; index++)
        {
            rank -= _counts[index];
            if (rank <= 0)
            {
                return FloatBins.ValueOf(_bins[index]);
            }
        }

        return 0;
    }

    /// <summary>
    /// Counts of these numbers and of others in ten buckets of equal count of these; numbers of one bin stay together,
    /// so there may be fewer.
    /// </summary>
    public (long[] Own, long[] Others) Deciles(BinCounts others)
    {
        var own = new List<long>();
        var theirs = new List<long>();
        int place = 0;
        long ownCount = 0;
        long seen = 0;
        for (int index = 0; index < _bins.Length; index++)
        {
            ownCount += _counts[index];
            seen += _counts[index];
            bool isLast = index == _bins.Length - 1;
            if (!isLast && seen * PopulationStability.Deciles < Total * (own.Count + 1))
            {
                continue;
            }

            long otherCount = 0;
            while (place < others._bins.Length && (isLast || others._bins[place] <= _bins[index]))
            {
                otherCount += others._counts[place++];
            }

            own.Add(ownCount);
            theirs.Add(otherCount);
            ownCount = 0;
        }

        return ([.. own], [.. theirs]);
    }

    /// <summary>Counts in equal parts of 0 to 1; what lies outside is in the outer ones.</summary>
    public long[] Parts(int parts)
    {
        long[] counts = new long[parts];
        for (int index = 0; index < _bins.Length; index++)
        {
            double value = FloatBins.ValueOf(_bins[index]);
            counts[Math.Clamp((int)(value * parts), 0, parts - 1)] += _counts[index];
        }

        return counts;
    }
}
