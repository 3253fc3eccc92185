using System.Collections.Frozen;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Stands in for statistics where only values before encoders are wanted and none of them depends on a fitted encoder:
/// no borders, no vocabulary, mean 0 and deviation 1.
/// </summary>
internal static class NeutralStatistics
{
    public static FittedStatistics Of(FeatureScript script)
    {
        var encoders = new Dictionary<(string Member, int Position), FittedEncoder>();
        foreach (BoundFeatureMember member in script.Bound.Features.SelectMany(feature => feature.Members))
        {
            foreach (BoundEncoder encoder in member.Encoders.Where(encoder => encoder.NeedsStatistics))
            {
                encoders[(member.Name, encoder.Position)] = Of(encoder);
            }
        }

        return new FittedStatistics(script.Sha256, default, encoders.ToFrozenDictionary());
    }

    private static FittedEncoder Of(BoundEncoder encoder) => encoder.Kind switch
    {
        EncoderKind.Vocab => new FittedVocabulary([], []),
        EncoderKind.Standardize => new FittedMoments(0, 1),
        EncoderKind.MinMax => new FittedRange(0, 1),
        EncoderKind.Impute => new FittedFill(0),
        EncoderKind.Rate => new FittedRates(0, [], [], []),
        _ => new FittedBorders([.. Enumerable.Repeat(
            System.Collections.Immutable.ImmutableArray<double>.Empty, Math.Max(1, encoder.Sizes.Length))]),
    };
}
