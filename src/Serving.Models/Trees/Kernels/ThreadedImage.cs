namespace Serving.Models.Trees.Kernels;

/// <summary>
/// A forest as chains of trees in one block of native memory: every leaf holds its value and a copy of the next tree's
/// root test, so that a chain is walked without a branch from its first root to the sink. Immutable.
/// </summary>
/// <typeparam name="TNode">Layout of a node.</typeparam>
/// <remarks>
/// Place 0 is the sink, which leads to itself; places 1 .. 8 are the chains' starts; behind them, at even places, lie
/// pairs of siblings, tree after tree and level after level. Chains are consecutive trees, balanced by expected visits:
/// a leaf writes its value at its tree's place, so that sums can run in tree order.
/// </remarks>
internal sealed unsafe class ThreadedImage<TNode>
    where TNode : unmanaged, IThreadedNode<TNode>
{
    /// <summary>
    /// Chains walked side by side: with their helpers they fill the 16 registers of x86-64. Twelve spill, and measured
    /// 10 to 40 % slower (Ice Lake, 100 to 500 trees, CPU time of one thread in the same run).
    /// </summary>
    public const int ChainCount = 8;

    private const int FirstPair = 10;

    /// <summary>Answers of categorical tests are the keys 0 (left) and 1 (right); the key of 0.0 is 0.</summary>
    private const double CategoryThreshold = 0;

    private readonly ForestParts _parts;
    private readonly ForestSlots _slots;
    private readonly int[] _pairsOfTrees;

    public ThreadedImage(ForestParts parts, ForestSlots slots)
    {
        _parts = parts;
        _slots = slots;
        _pairsOfTrees = new int[parts.TreeCount];
        int places = FirstPair;
        for (int tree = 0; tree < parts.TreeCount; tree++)
        {
            _pairsOfTrees[tree] = places;
            places += 2 * Math.Max(ForestShape.SplitsOf(parts, tree), 1);
        }

        Memory = new AlignedMemory((long)places * sizeof(TNode));
        Nodes[0] = TNode.Make(null, 0, 0, parts.TreeCount, 0);
        int[] ends = ForestShape.ChainEnds(parts, ChainCount);
        for (int chain = 0; chain < ChainCount; chain++)
        {
            WriteChain(chain, chain == 0 ? 0 : ends[chain - 1], ends[chain]);
        }
    }

    public AlignedMemory Memory { get; }

    private TNode* Nodes => (TNode*)Memory.Start;

    private void WriteChain(int chain, int firstTree, int endTree)
    {
        WriteEntry(1 + chain, 0, _parts.TreeCount, firstTree < endTree ? firstTree : -1);
        for (int tree = firstTree; tree < endTree; tree++)
        {
            WriteTree(tree, tree + 1 < endTree ? tree + 1 : -1);
        }
    }

    /// <summary>Writes the pairs of one tree, level after level; a tree of one leaf gets a pair of it twice.</summary>
    private void WriteTree(int tree, int nextTree)
    {
        TreeNode root = _parts.Nodes[_parts.Roots[tree]];
        int freePair = _pairsOfTrees[tree];
        if (root.IsLeaf)
        {
            WriteEntry(freePair, root.Value, tree, nextTree);
            WriteEntry(freePair + 1, root.Value, tree, nextTree);
            return;
        }

        Queue<TreeNode> open = new();
        open.Enqueue(root);
        int pair = freePair;
        freePair += 2;
        while (open.TryDequeue(out TreeNode split))
        {
            for (int side = 0; side < 2; side++)
            {
                TreeNode child = _parts.Nodes[side == 0 ? split.Left : split.Right];
                if (child.IsLeaf)
                {
                    WriteEntry(pair + side, child.Value, tree, nextTree);
                    continue;
                }

                WriteTest(pair + side, child, 0, _parts.TreeCount, freePair);
                open.Enqueue(child);
                freePair += 2;
            }

            pair += 2;
        }
    }

    /// <summary>
    /// Writes a leaf (or a start) together with the root test of the tree that follows; -1 is the sink.
    /// </summary>
    private void WriteEntry(int place, double value, int tree, int nextTree)
    {
        if (nextTree < 0)
        {
            Nodes[place] = TNode.Make(null, value, 0, tree, Distance(place, 0));
            return;
        }

        TreeNode root = _parts.Nodes[_parts.Roots[nextTree]];
        if (root.IsLeaf)
        {
            Nodes[place] = TNode.Make(null, value, 0, tree, Distance(place, _pairsOfTrees[nextTree]));
            return;
        }

        WriteTest(place, root, value, tree, _pairsOfTrees[nextTree]);
    }

    private void WriteTest(int place, in TreeNode split, double value, int tree, int pair)
    {
        double threshold = split.CategorySet >= 0 ? CategoryThreshold : split.Value;
        Nodes[place] = TNode.Make(threshold, value, _slots.SlotOf(split), tree, Distance(place, pair));
    }

    private static int Distance(int from, int to) => (to - from) * sizeof(TNode);
}
