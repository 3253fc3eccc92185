using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel;

/// <summary>The files that a graph names as its own: vocabularies of tables, as a rule.</summary>
internal sealed class ModelAssets
{
    private const string Folder = "assets/";

    private readonly HashSet<string> _nodes = [];
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    private ModelAssets()
    {
    }

    /// <summary>Paths of the files, in order.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    /// <summary>Whether a tensor is the path of such a file.</summary>
    public bool IsPath(ModelGraph graph, TensorSource source) =>
        source.Scope == graph.Main && source.Index == 0 && _nodes.Contains(source.Node.Name);

    /// <summary>Reads them; adds a problem for each whose name or file is not there.</summary>
    public static ModelAssets Read(ModelGraph graph, ModelFiles files, FileProblems problems)
    {
        var assets = new ModelAssets();
        foreach (AssetFileDef asset in graph.Meta.AssetFileDef)
        {
            string path = Folder + asset.Filename;
            string place = $"saved_model.pb, asset {FileProblems.Quote(asset.Filename)}";
            if (!IsPlain(asset.Filename))
            {
                problems.Add(place, "a name that leaves the folder of assets", "a plain relative path");
            }
            else if (files.LengthOf(path) < 0)
            {
                problems.Add(place, "nothing", $"a file {FileProblems.Quote(path)}", "export it again");
            }
            else if (!TensorName.TryParse(asset.TensorInfo?.Name ?? "", out TensorName tensor)
                || graph.Main.Find(tensor.Node) is null)
            {
                problems.Add(place, "no tensor that takes its path", "a tensor of the graph");
            }
            else
            {
                assets._nodes.Add(tensor.Node);
                assets._paths.Add(path);
            }
        }

        return assets;
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= 255
        && !name.Contains('\\', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal)
        && !name.Contains(':', StringComparison.Ordinal)
        && name.Split('/').All(part => part is not ("" or "." or ".."));
}
