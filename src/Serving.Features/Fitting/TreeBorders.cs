using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>
/// Borders of <c>tree</c>: a decision tree of one feature against the label, grown best first (R84). Deterministic:
/// gains are compared as exact fractions, of equal ones the smaller border wins. Rows without value or label do not
/// count.
/// </summary>
internal sealed class TreeBorders
{
    private const long LeastRowsDefault = 20;
    private const long LeastRowsShare = 200;

    // Label counts of all values before a place; one entry more than values.
    private readonly LabelCounts[] _before;
    private readonly double[] _values;
    private readonly long _leastRows;
    private readonly int _monotone;

    // The best split first; an entry whose version is not its leaf's is stale.
    private readonly PriorityQueue<(TreeLeaf Leaf, int Version), (SplitGain Gain, int Split)> _splits = new(
        Comparer<(SplitGain Gain, int Split)>.Create((left, right) =>
        {
            int order = right.Gain.OrderTo(left.Gain);
            return order == 0 ? left.Split.CompareTo(right.Split) : order;
        }));

    private TreeBorders(NumberDistribution distribution, long leastRows, int monotone)
    {
        var values = new List<double>();
        var before = new List<LabelCounts> { default };
        for (int index = 0; index < distribution.Values.Length; index++)
        {
            if (distribution.Counts[index].Labelled > 0)
            {
                values.Add(distribution.Values[index]);
                before.Add(before[^1] + distribution.Counts[index]);
            }
        }

        _values = [.. values];
        _before = [.. before];
        long rows = before[^1].Labelled;
        long share = (rows / LeastRowsShare) + (rows % LeastRowsShare == 0 ? 0 : 1);
        _leastRows = Math.Max(1, leastRows < 0 ? Math.Max(LeastRowsDefault, share) : leastRows);
        _monotone = monotone;
    }

    /// <summary>Borders of a tree of at most <paramref name="leaves"/> leaves.</summary>
    /// <param name="distribution">Values with label counts.</param>
    /// <param name="leaves">Greatest number of leaves.</param>
    /// <param name="leastRows">Least rows of a leaf; -1 for max(20, ceil(N / 200)).</param>
    /// <param name="monotone">+1: rates of leaves never fall, -1: never rise, 0: free.</param>
    public static ImmutableArray<double> Fit(
        NumberDistribution distribution, long leaves, long leastRows, int monotone) =>
        new TreeBorders(distribution, leastRows, monotone).Grow(leaves);

    private ImmutableArray<double> Grow(long leaves)
    {
        var first = new TreeLeaf(0, _values.Length);
        FindSplit(first);
        long count = 1;
        while (count < leaves && _splits.TryDequeue(out (TreeLeaf Leaf, int Version) best, out _))
        {
            if (best.Version == best.Leaf.Version)
            {
                Divide(best.Leaf);
                count++;
            }
        }

        var borders = ImmutableArray.CreateBuilder<double>();
        for (TreeLeaf? leaf = first.Next; leaf is not null; leaf = leaf.Next)
        {
            borders.Add(_values[leaf.Start]);
        }

        return borders.ToImmutable();
    }

    private void Divide(TreeLeaf left)
    {
        var right = new TreeLeaf(left.Split, left.End) { Previous = left, Next = left.Next };
        left.Next?.Previous = right;
        left.Next = right;
        left.End = left.Split;
        FindSplit(left);
        FindSplit(right);

        // Neighbours compare with new rates now.
        if (_monotone != 0 && left.Previous is not null)
        {
            FindSplit(left.Previous);
        }

        if (_monotone != 0 && right.Next is not null)
        {
            FindSplit(right.Next);
        }
    }

    private void FindSplit(TreeLeaf leaf)
    {
        leaf.Version++;
        leaf.Split = -1;
        SplitGain best = default;
        for (int split = leaf.Start + 1; split < leaf.End; split++)
        {
            LabelCounts left = Between(leaf.Start, split);
            LabelCounts right = Between(split, leaf.End);
            if (left.Labelled < _leastRows)
            {
                continue;
            }

            if (right.Labelled < _leastRows)
            {
                break;
            }

            var gain = new SplitGain(left, right);
            if (gain.IsPositive && (leaf.Split < 0 || gain.OrderTo(best) > 0) && IsAdmissible(leaf, left, right))
            {
                best = gain;
                leaf.Split = split;
            }
        }

        leaf.Gain = best;
        if (leaf.Split >= 0)
        {
            _splits.Enqueue((leaf, leaf.Version), (best, leaf.Split));
        }
    }

    private bool IsAdmissible(TreeLeaf leaf, LabelCounts left, LabelCounts right) =>
        _monotone == 0
        || (InOrder(left, right)
            && (leaf.Previous is null || InOrder(Between(leaf.Previous.Start, leaf.Previous.End), left))
            && (leaf.Next is null || InOrder(right, Between(leaf.Next.Start, leaf.Next.End))));

    // Rates as exact fractions.
    private bool InOrder(LabelCounts left, LabelCounts right)
    {
        Int128 difference = ((Int128)right.Positives * left.Labelled) - ((Int128)left.Positives * right.Labelled);
        return _monotone > 0 ? difference >= 0 : difference <= 0;
    }

    private LabelCounts Between(int start, int end) => new(
        0, _before[end].Labelled - _before[start].Labelled, _before[end].Positives - _before[start].Positives);
}
