using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Checks that nodes can be put in an order: only loops of TensorFlow 1 go back (NextIteration).</summary>
internal static class CycleCheck
{
    /// <summary>Adds a problem where nodes wait for each other. Linear in nodes and inputs.</summary>
    public static void Check(GraphScope scope, FileProblems problems)
    {
        var waiting = new Dictionary<NodeDef, int>(scope.Nodes.Count, ReferenceEqualityComparer.Instance);
        var followers = new Dictionary<NodeDef, List<NodeDef>>(ReferenceEqualityComparer.Instance);
        var ready = new Queue<NodeDef>();
        foreach (NodeDef node in scope.Nodes)
        {
            int count = 0;
            foreach (NodeDef before in Before(scope, node))
            {
                if (!followers.TryGetValue(before, out List<NodeDef>? list))
                {
                    followers.Add(before, list = []);
                }

                list.Add(node);
                count++;
            }

            waiting[node] = count;
            if (count == 0)
            {
                ready.Enqueue(node);
            }
        }

        int done = Drain(ready, waiting, followers);
        if (done < waiting.Count)
        {
            NodeDef stuck = waiting.First(pair => pair.Value > 0).Key;
            problems.Add(scope.Place(stuck), "a node that waits for itself", "a graph without cycles");
        }
    }

    private static int Drain(
        Queue<NodeDef> ready, Dictionary<NodeDef, int> waiting, Dictionary<NodeDef, List<NodeDef>> followers)
    {
        int done = 0;
        while (ready.TryDequeue(out NodeDef? node))
        {
            done++;
            foreach (NodeDef follower in followers.GetValueOrDefault(node) ?? [])
            {
                if (--waiting[follower] == 0)
                {
                    ready.Enqueue(follower);
                }
            }
        }

        return done;
    }

    private static IEnumerable<NodeDef> Before(GraphScope scope, NodeDef node)
    {
        foreach (string text in node.Input)
        {
            if (TensorName.TryParse(text, out TensorName name) && scope.ArgumentIndex(name.Node) < 0
                && scope.Find(name.Node) is { } before && before.Op is not ("NextIteration" or "RefNextIteration"))
            {
                yield return before;
            }
        }
    }
}
