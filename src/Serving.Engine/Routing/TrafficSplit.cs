using System.Collections.Immutable;

namespace Serving.Engine.Routing;

/// <summary>
/// Which buckets of 10,000 go to which version. Immutable and safe for use by several threads.
/// </summary>
/// <remarks>
/// Buckets are dealt from 0 up: the canary, then the other versions from the greatest number down, stable last. So a
/// growing share of a newer version takes buckets from older ones only, and no key goes back.
/// </remarks>
public sealed class TrafficSplit
{
    /// <summary>Number of buckets: shares have steps of 0.01 %.</summary>
    public const int Buckets = 10_000;

    private readonly long[] _versions;

    // First bucket behind each version's.
    private readonly int[] _ends;

    private TrafficSplit(long[] versions, int[] ends)
    {
        _versions = versions;
        _ends = ends;
    }

    /// <summary>Versions with a share in the order in which buckets are dealt.</summary>
    public ImmutableArray<long> Versions => [.. _versions];

    /// <summary>Deals the buckets.</summary>
    /// <param name="shares">Buckets of each version; together 10,000.</param>
    /// <param name="canary">The canary, or 0.</param>
    /// <param name="stable">The stable version, or 0.</param>
    public static TrafficSplit Deal(IReadOnlyDictionary<long, int> shares, long canary, long stable)
    {
        long[] versions = [.. shares.Where(share => share.Value > 0).Select(share => share.Key)
            .OrderBy(version => version == canary ? 0 : version == stable ? 2 : 1)
            .ThenByDescending(version => version)];
        int[] ends = new int[versions.Length];
        int end = 0;
        for (int index = 0; index < versions.Length; index++)
        {
            end += shares[versions[index]];
            ends[index] = end;
        }

        return new TrafficSplit(versions, ends);
    }

    /// <summary>
    /// Place of a bucket's version in <see cref="Versions"/>, or -1 for a bucket that nobody was dealt: those of a
    /// shadow, which has its share beside the others.
    /// </summary>
    public int PlaceOf(int bucket)
    {
        for (int index = 0; index < _ends.Length; index++)
        {
            if (bucket < _ends[index])
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>The version of a bucket, or 0 for one that nobody was dealt.</summary>
    public long VersionOf(int bucket) => PlaceOf(bucket) is >= 0 and int place ? _versions[place] : 0;
}
