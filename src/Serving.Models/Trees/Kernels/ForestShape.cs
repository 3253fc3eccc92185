namespace Serving.Models.Trees.Kernels;

/// <summary>Counts that the layout of a threaded forest needs.</summary>
internal static class ForestShape
{
    /// <summary>Splits of a tree that a path reaches.</summary>
    public static int SplitsOf(ForestParts parts, int tree) => Measure(parts, tree).Splits;

    /// <summary>Ends of runs of consecutive trees with about equal expected visits.</summary>
    public static int[] ChainEnds(ForestParts parts, int chains)
    {
        double[] visits = new double[parts.TreeCount];
        for (int tree = 0; tree < visits.Length; tree++)
        {
            (int splits, long leafDepths) = Measure(parts, tree);

            // Without counts of training rows every leaf is taken as equally likely; one more visit is the leaf's.
            visits[tree] = 1 + ((double)leafDepths / (splits + 1));
        }

        double share = visits.Sum() / chains;
        int[] ends = new int[chains];
        double passed = 0;
        int at = 0;
        for (int chain = 0; chain < chains; chain++)
        {
            while (at < visits.Length && (chain == chains - 1 || passed + (visits[at] / 2) < share * (chain + 1)))
            {
                passed += visits[at++];
            }

            ends[chain] = at;
        }

        return ends;
    }

    private static (int Splits, long LeafDepths) Measure(ForestParts parts, int tree)
    {
        int splits = 0;
        long leafDepths = 0;
        Stack<(int Node, int Depth)> open = new();
        open.Push((parts.Roots[tree], 0));
        while (open.TryPop(out (int Node, int Depth) at))
        {
            TreeNode node = parts.Nodes[at.Node];
            if (node.IsLeaf)
            {
                leafDepths += at.Depth;
                continue;
            }

            splits++;
            open.Push((node.Left, at.Depth + 1));
            open.Push((node.Right, at.Depth + 1));
        }

        return (splits, leafDepths);
    }
}
