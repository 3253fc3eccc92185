using System.Diagnostics;
using System.Runtime.CompilerServices;
using Serving.Data;

namespace Serving.Models.Trees.Kernels;

/// <summary>
/// The walk of a threaded forest in binary32 (XGBoost). Idea: eight chains of trees side by side hide the latency of
/// loads; a visit
/// is about twelve instructions and no branch; each leaf writes its value at its tree's place. Wins from one row up,
/// for any number of leaves. Source: the project's own study of scoring kernels, engine 13.
/// </summary>
[HotPath]
internal static unsafe class NarrowWalk
{
    /// <summary>Walks one row through all chains.</summary>
    /// <param name="nodes">The image; its places are those of <see cref="ThreadedImage{TNode}"/>.</param>
    /// <param name="keys">Keys of the row, one per slot.</param>
    /// <param name="values">[trees + 1]: values of the leaves; the last place takes what is no leaf.</param>
    /// <remarks>
    /// In bounds: the image is built from a checked forest, so every distance ends at a node, every slot is below the
    /// slot count and every tree number at most the tree count.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* nodes, int* keys, float* values)
    {
        Debug.Assert((nuint)nodes % 64 == 0, "the image begins on a cache line");
        byte* p0 = nodes + (1 * sizeof(NarrowNode));
        byte* p1 = nodes + (2 * sizeof(NarrowNode));
        byte* p2 = nodes + (3 * sizeof(NarrowNode));
        byte* p3 = nodes + (4 * sizeof(NarrowNode));
        byte* p4 = nodes + (5 * sizeof(NarrowNode));
        byte* p5 = nodes + (6 * sizeof(NarrowNode));
        byte* p6 = nodes + (7 * sizeof(NarrowNode));
        byte* p7 = nodes + (8 * sizeof(NarrowNode));
        do
        {
            // Four steps a turn: the sink leads to itself, so steps beyond a chain's end do no harm.
            for (int step = 0; step < 4; step++)
            {
                p0 = Step(p0, keys, values);
                p1 = Step(p1, keys, values);
                p2 = Step(p2, keys, values);
                p3 = Step(p3, keys, values);
                p4 = Step(p4, keys, values);
                p5 = Step(p5, keys, values);
                p6 = Step(p6, keys, values);
                p7 = Step(p7, keys, values);
            }
        }
        while (Far(p0, nodes) + Far(p1, nodes) + Far(p2, nodes) + Far(p3, nodes)
            + Far(p4, nodes) + Far(p5, nodes) + Far(p6, nodes) + Far(p7, nodes) != 0);
    }

    /// <summary>
    /// Distance to the sink; distances of all chains add up without overflow, and are 0 when all are there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Far(byte* at, byte* nodes) => at - nodes;

    /// <summary>
    /// One visit. The comparison must stay a setg: <c>(a &gt; b) ? size : 0</c> becomes a branch, 5.5 times slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Step(byte* at, int* keys, float* values)
    {
        NarrowNode* node = (NarrowNode*)at;
        values[node->Tree] = node->Value;
        nint right = keys[node->Slot] > node->Key ? 1 : 0;
        return at + node->Delta + (right * sizeof(NarrowNode));
    }
}
