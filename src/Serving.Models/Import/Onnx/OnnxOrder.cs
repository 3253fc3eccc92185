using Serving.Models.Import.Onnx.Wire;

namespace Serving.Models.Import.Onnx;

/// <summary>In which order the nodes of a graph can run: files need not list them so.</summary>
internal static class OnnxOrder
{
    /// <summary>
    /// Index of a node that can never run because its inputs need its outputs; -1 where there is none.
    /// </summary>
    public static int CycleOf(IReadOnlyList<NodeProto> nodes, IReadOnlyList<List<string>> needs)
    {
        int[] order = Sort(nodes, needs);
        if (order.Length == nodes.Count)
        {
            return -1;
        }

        var done = new HashSet<int>(order);
        return Enumerable.Range(0, nodes.Count).First(i => !done.Contains(i));
    }

    /// <summary>Indexes of the nodes in an order that they can run in; fewer where some can not.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="needs">Names of this graph that each node needs.</param>
    public static int[] Sort(IReadOnlyList<NodeProto> nodes, IReadOnlyList<List<string>> needs)
    {
        var producers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string output in nodes[i].Output)
            {
                producers[output] = i;
            }
        }

        var waiting = new int[nodes.Count];
        var users = new List<int>?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (string need in needs[i])
            {
                if (producers.TryGetValue(need, out int producer))
                {
                    waiting[i]++;
                    (users[producer] ??= []).Add(i);
                }
            }
        }

        var order = new List<int>(Enumerable.Range(0, nodes.Count).Where(i => waiting[i] == 0));
        for (int next = 0; next < order.Count; next++)
        {
            foreach (int user in users[order[next]] ?? [])
            {
                if (--waiting[user] == 0)
                {
                    order.Add(user);
                }
            }
        }

        return [.. order];
    }
}
