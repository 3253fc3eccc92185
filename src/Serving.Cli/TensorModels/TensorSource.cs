using Serving.Cli.CommandLine;
using Serving.Models;
using Serving.Models.Tensors;

namespace Serving.Cli.TensorModels;

/// <summary>A tensor model on disk, and the runtime whose format it has.</summary>
internal sealed record TensorSource(string Path, IScorerFactory Factory, ModelFiles Files)
{
    private const string Auto = "auto";

    /// <summary>Names that <c>--format</c> takes.</summary>
    public static string FormatNames(IReadOnlyList<IScorerFactory> factories) =>
        string.Join(", ", ModelFormats.Names.Concat(factories.Select(factory => factory.Format)));

    /// <summary>The tensor model at a path; null where it is another tool's model.</summary>
    /// <exception cref="Data.InputException">A folder that holds no model, or nothing at all.</exception>
    /// <exception cref="UsageException">The format is none.</exception>
    public static TensorSource? Find(string path, string format, IReadOnlyList<IScorerFactory> factories)
    {
        IScorerFactory? named = factories.FirstOrDefault(factory => factory.Format == format);
        if (named is not null)
        {
            return new TensorSource(path, named, FolderModelFiles.Open(path));
        }

        if (!ModelFormats.TryParse(format, out _))
        {
            throw new UsageException($"--format {format}: expected one of {FormatNames(factories)}");
        }

        if (format != Auto)
        {
            return null;
        }

        if (!Directory.Exists(path))
        {
            InputPath.Existing(path, "a model file");
        }

        FolderModelFiles files = FolderModelFiles.Open(path);
        return factories.FirstOrDefault(factory => factory.Recognises(files)) is { } factoryOfFiles
            ? new TensorSource(path, factoryOfFiles, files)
            : null;
    }

    /// <summary>What the files say of it, without its runtime.</summary>
    /// <exception cref="Data.InputException">The model is refused, its path before every place.</exception>
    public TensorModel Check(TensorModelOptions options) =>
        Placed.In(Path, Files.Main, () => Factory.Check(Files, options));

    /// <summary>Opens it in its runtime.</summary>
    /// <exception cref="Data.InputException">The model is refused, its path before every place.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    public ITensorScorer Open(TensorModelOptions options) =>
        Placed.In(Path, Files.Main, () => Factory.Open(Files, options));
}
