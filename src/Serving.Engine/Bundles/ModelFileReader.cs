using System.Collections.Immutable;
using Serving.Models;
using Serving.Models.Linear;
using Serving.Models.Trees;

namespace Serving.Engine.Bundles;

/// <summary>Reads the model formats of Serving.Models.</summary>
internal sealed class ModelFileReader : IBundleModelReader
{
    // Two samples for each threshold and its neighbours would fit in 32 rows; more values than rows are never used.
    private const int ThresholdsMax = 64;

    /// <summary>The one reader; it has no state.</summary>
    public static ModelFileReader Instance { get; } = new();

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

    private static ImmutableArray<ImmutableArray<string>> CategoriesOf(ScoringModel model)
    {
        Dictionary<string, ImmutableArray<string>> names = model.Features.ToDictionary(
            feature => feature.Name, feature => feature.TakesText ? feature.Categories : []);
        return [.. model.Inputs.Select(input => names.GetValueOrDefault(input.Name, []))];
    }
}
