using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>Which nodes run when: on calls, on load, on restore, and never here (when the saver saves).</summary>
internal sealed class ModelRuns
{
    private const string InitSignature = "__saved_model_init_op";
    private static readonly string[] InitCollections = ["saved_model_main_op", "legacy_init_op"];

    /// <summary>Follows the roots of each.</summary>
    public ModelRuns(ModelGraph graph, IEnumerable<SavedSignature> signatures)
    {
        SaverDef saver = graph.Meta.SaverDef ?? new SaverDef();
        Calls = ReachableNodes.From(
            graph, signatures.SelectMany(signature => signature.Outputs).Select(output => output.Node));
        Load = ReachableNodes.From(graph, InitRoots(graph.Meta));
        Restore = ReachableNodes.From(graph, [saver.RestoreOpName]);
        Save = ReachableNodes.From(graph, [saver.SaveTensorName, saver.FilenameTensorName]);
    }

    /// <summary>What a call runs.</summary>
    public ReachableNodes Calls { get; }

    /// <summary>What loading runs, apart from restoring.</summary>
    public ReachableNodes Load { get; }

    /// <summary>What restoring variables runs.</summary>
    public ReachableNodes Restore { get; }

    /// <summary>What saving would run.</summary>
    public ReachableNodes Save { get; }

    private static IEnumerable<string> InitRoots(MetaGraphDef meta)
    {
        if (meta.SignatureDef.TryGetValue(InitSignature, out SignatureDef? init))
        {
            foreach (TensorInfo output in init.Outputs.Values)
            {
                yield return output.Name;
            }
        }

        foreach (string name in InitCollections)
        {
            if (meta.CollectionDef.TryGetValue(name, out CollectionDef? collection))
            {
                foreach (string node in collection.NodeList?.Value ?? [])
                {
                    yield return node;
                }
            }
        }
    }
}
