using System.Collections.Immutable;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>What was fitted for one encoder, as the statistics file tells it.</summary>
/// <param name="Member">Full name of the feature member.</param>
/// <param name="Position">Place of the encoder in its chain, from 0.</param>
/// <param name="Kind">Which encoder.</param>
/// <param name="Fitted">What was found.</param>
internal sealed record StatisticsEntry(string Member, int Position, EncoderKind Kind, FittedEncoder Fitted)
{
    /// <summary>Sizes of quantiles; empty otherwise.</summary>
    public ImmutableArray<long> Sizes { get; init; } = [];

    /// <summary>Names of the columns that an encoder with ids gives, one for each size.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>What impute fills in.</summary>
    public ImputeMode Impute { get; init; }

    /// <summary>The entry of an encoder of a script.</summary>
    public static StatisticsEntry Of(BoundFeatureMember member, FittedStep step)
    {
        BoundEncoder encoder = member.Encoders[step.Position];
        return new StatisticsEntry(member.Name, step.Position, encoder.Kind, step.Fitted)
        {
            Sizes = encoder.Kind == EncoderKind.Quantiles ? encoder.Sizes : [],
            Columns = encoder.IsDiscrete ? member.ColumnNames : [],
            Impute = encoder.Impute,
        };
    }

    /// <summary>
    /// The column that a size is merged into because an earlier one has the same borders (R81); else null.
    /// </summary>
    public string? MergedInto(int size)
    {
        var borders = (FittedBorders)Fitted;
        for (int earlier = 0; earlier < size; earlier++)
        {
            if (borders.BySize[earlier].SequenceEqual(borders.BySize[size]))
            {
                return Columns[earlier];
            }
        }

        return null;
    }
}
