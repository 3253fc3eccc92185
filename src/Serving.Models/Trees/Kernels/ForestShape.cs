namespace Serving.Models.Trees.Kernels;

/// <summary>Counts that the layout of a threaded forest needs.</summary>
internal static class ForestShape
{
    /// <summary>Splits of a tree that a path reaches.</summary>
    public static int SplitsOf(ForestParts parts, int tree)
    {
        int splits = 0;
        Stack<int> open = new();
        open.Push(parts.Roots[tree]);
        while (open.TryPop(out int place))
        {
            TreeNode node = parts.Nodes[place];
            if (!node.IsLeaf)
            {
                splits++;
                open.Push(node.Left);
                open.Push(node.Right);
            }
        }

        return splits;
    }

    /// <summary>Ends of runs of consecutive trees with about equal expected visits.</summary>
    public static int[] ChainEnds(ForestParts parts, int chains)
    {
        double[] visits = parts.ExpectedVisits;
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
}
