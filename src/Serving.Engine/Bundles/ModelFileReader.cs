using System.Collections.Immutable;
using Serving.Models;
using Serving.Models.Linear;
using Serving.Models.Tensors;
using Serving.Models.Trees;

namespace Serving.Engine.Bundles;

/// <summary>Reads the model formats of Serving.Models, and those of tensor runtimes that it is given.</summary>
internal sealed class ModelFileReader(IReadOnlyList<IScorerFactory> runtimes) : IBundleModelReader
{
    // Two samples for each threshold and its neighbours would fit in 32 rows; more values than rows are never used.
    private const int ThresholdsMax = 64;

    /// <summary>The reader without tensor runtimes.</summary>
    public static ModelFileReader Instance { get; } = new([]);

    /// <summary>How tensor models are opened, as far as bundles allow the same.</summary>
    public ITensorHosting Hosting { get; init; } = PlainTensorHosting.Default;

    public BundleTensors? ReadTensors(ModelFiles files, TensorModelOptions options) =>
        runtimes.FirstOrDefault(runtime => runtime.Recognises(files)) is { } factory
            ? new BundleTensors(factory, files, factory.Check(files, options), options) { Hosting = Hosting }
            : null;

    public BundleModel Read(string file, Func<string, byte[]?> open, string sum)
    {
        byte[] bytes = open(file) ?? throw new FileNotFoundException($"no file {file}");
        ScoringModel model = ModelFile.Load(
            bytes,
            openBeside: name => new MemoryStream(
                open(name) ?? throw new FileNotFoundException($"no file {name}"), writable: false));
        SumMode mode = sum == "fast" ? SumMode.Fast : SumMode.Exact;
        ModelDescription description = model.Description;
        return new BundleModel
        {
            Format = description.Format,
            Inputs = model.Inputs,
            Categories = CategoriesOf(model),
            HasDefaultNames = model.HasDefaultNames,
            IsLinear = model is LinearModel,
            MemoryBytes = description.MemoryBytes,
            SampleValues = model is TreeEnsemble forest ? ThresholdSamples.Of(forest, ThresholdsMax) : [],
            CreateScorer = () => model.CreateScorer(new ScorerOptions(mode)),
            CreateReference = () => model.CreateScorer(new ScorerOptions(mode, ScorerEngine.Reference)),
        };
    }

    // Features stand in the order of the inputs.
    private static ImmutableArray<ImmutableArray<string>> CategoriesOf(ScoringModel model) =>
        [.. model.Features.Select(feature => feature.TakesText ? feature.Categories : [])];
}
