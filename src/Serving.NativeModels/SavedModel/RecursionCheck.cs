namespace Serving.NativeModels.SavedModel;

/// <summary>Checks that no function calls itself, directly or through others: such a call has no bound.</summary>
internal static class RecursionCheck
{
    /// <summary>Adds a problem for a function on a cycle of calls.</summary>
    public static void Check(ModelGraph graph, FileProblems problems)
    {
        // Functions whose callees are all done are done themselves; what is left over calls itself.
        Dictionary<GraphScope, HashSet<GraphScope>> callees = graph.Functions.ToDictionary(
            function => function,
            function => function.Nodes.SelectMany(graph.Calls).ToHashSet());
        var callers = new Dictionary<GraphScope, List<GraphScope>>();
        foreach ((GraphScope caller, HashSet<GraphScope> called) in callees)
        {
            foreach (GraphScope one in called)
            {
                if (!callers.TryGetValue(one, out List<GraphScope>? list))
                {
                    callers.Add(one, list = []);
                }

                list.Add(caller);
            }
        }

        var ready = new Queue<GraphScope>(callees.Where(pair => pair.Value.Count == 0).Select(pair => pair.Key));
        int done = 0;
        while (ready.TryDequeue(out GraphScope? function))
        {
            done++;
            foreach (GraphScope caller in callers.GetValueOrDefault(function) ?? [])
            {
                if (callees[caller].Remove(function) && callees[caller].Count == 0)
                {
                    ready.Enqueue(caller);
                }
            }
        }

        if (done < callees.Count)
        {
            GraphScope stuck = callees.First(pair => pair.Value.Count > 0).Key;
            problems.Add(
                $"saved_model.pb, function {FileProblems.Quote(stuck.Name)}",
                "a function that calls itself",
                "calls that end");
        }
    }
}
