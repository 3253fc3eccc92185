using System.Collections.Immutable;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>Fits the encoders of a chain one after the other, each on the output of the one before (R78).</summary>
internal static class ChainFitter
{
    /// <summary>Fits the encoders from a position on, which read numbers.</summary>
    public static ImmutableArray<FittedStep> Fit(BoundFeatureMember member, int position, NumberDistribution numbers)
    {
        var steps = ImmutableArray.CreateBuilder<FittedStep>();
        for (; position < member.Encoders.Length; position++)
        {
            BoundEncoder encoder = member.Encoders[position];
            if (encoder.Kind is EncoderKind.Vocab or EncoderKind.Rate)
            {
                steps.AddRange(FitCategories(member, position, CategoryDistribution.Of(numbers)));
                break;
            }

            FittedEncoder? fitted = FitNumbers(encoder, numbers);
            if (fitted is not null)
            {
                steps.Add(new FittedStep(position, fitted));
            }

            if (encoder.IsDiscrete)
            {
                break;
            }

            numbers = Encode(encoder, fitted, numbers);
        }

        return steps.ToImmutable();
    }

    /// <summary>Fits the encoders from a position on, where <c>vocab</c> or <c>rate</c> stands.</summary>
    public static ImmutableArray<FittedStep> FitCategories(
        BoundFeatureMember member, int position, CategoryDistribution categories)
    {
        BoundEncoder encoder = member.Encoders[position];
        if (encoder.Kind == EncoderKind.Vocab)
        {
            return [new FittedStep(position, categories.FitVocabulary(encoder.Sizes[0], encoder.Least))];
        }

        FittedRates rates = categories.FitRates();
        NumberDistribution encoded = categories.Encode(rates, encoder.Weight);
        return [new FittedStep(position, rates), .. Fit(member, position + 1, encoded)];
    }

    /// <summary>The output of <c>clip</c>.</summary>
    public static double Clip(double value, BoundEncoder encoder) =>
        ContinuousEncoding.Clip(value, encoder.Numbers[0], encoder.Numbers[1]);

    /// <summary>Moments (R86), range (R87) or mean to fill in (R88), without counts.</summary>
    public static FittedEncoder FitMoments(EncoderKind kind, WeightedMoments moments) => kind switch
    {
        EncoderKind.Standardize => new FittedMoments(moments.Mean(), Math.Sqrt(moments.Variance())),
        EncoderKind.MinMax => moments.Count == 0 ? new FittedRange(0, 0) : new FittedRange(moments.Min, moments.Max),
        _ => new FittedFill(moments.Mean()),
    };

    private static FittedEncoder? FitNumbers(BoundEncoder encoder, NumberDistribution numbers)
    {
        FittedEncoder? fitted = encoder.Kind switch
        {
            EncoderKind.Quantiles => new FittedBorders(
                [.. encoder.Sizes.Select(size => QuantileBorders.Fit(numbers, size, encoder.Least))]),
            EncoderKind.Widths => new FittedBorders([WidthBorders.Fit(numbers, encoder.Sizes[0])]),
            EncoderKind.Tree => new FittedBorders(
                [TreeBorders.Fit(numbers, encoder.Sizes[0], encoder.Least, encoder.Monotone)]),
            EncoderKind.Standardize or EncoderKind.MinMax => FitMoments(encoder.Kind, MomentsOf(numbers)),
            EncoderKind.Impute when encoder.Impute == ImputeMode.Mean => FitMoments(encoder.Kind, MomentsOf(numbers)),
            EncoderKind.Impute when encoder.Impute == ImputeMode.Median => new FittedFill(Median(numbers)),
            EncoderKind.Impute when encoder.Impute == ImputeMode.Mode => new FittedFill(Mode(numbers)),
            _ => null,
        };
        ImmutableArray<ImmutableArray<long>> ids = fitted is FittedBorders borders
            ? [.. borders.BySize.Select(numbers.CountIds)]
            : [];
        return fitted is null
            ? null
            : fitted with { Observed = new FittedCounts(numbers.Present, numbers.Missing.Rows, ids) };
    }

    private static NumberDistribution Encode(BoundEncoder encoder, FittedEncoder? fitted, NumberDistribution numbers) =>
        encoder.Kind switch
        {
            EncoderKind.Clip => numbers.Map(value => Clip(value, encoder)),
            EncoderKind.Standardize => numbers.Map(
                value => ContinuousEncoding.Standardize(value, (FittedMoments)fitted!)),
            EncoderKind.MinMax => numbers.Map(value => ContinuousEncoding.Rescale(value, (FittedRange)fitted!)),
            _ => numbers.Fill(fitted is FittedFill fill ? fill.Value : encoder.Constant + 0.0),
        };

    private static WeightedMoments MomentsOf(NumberDistribution numbers)
    {
        var moments = new WeightedMoments();
        for (int index = 0; index < numbers.Values.Length; index++)
        {
            moments.Add(numbers.Values[index], numbers.Counts[index].Rows);
        }

        return moments;
    }

    // The lower middle value.
    private static double Median(NumberDistribution numbers)
    {
        long rowsUpToMiddle = (numbers.Present + 1) / 2;
        for (int index = 0; index < numbers.Values.Length; index++)
        {
            rowsUpToMiddle -= numbers.Counts[index].Rows;
            if (rowsUpToMiddle <= 0)
            {
                return numbers.Values[index];
            }
        }

        return 0;
    }

    // The most frequent, then smallest value.
    private static double Mode(NumberDistribution numbers)
    {
        double mode = 0;
        long rows = 0;
        for (int index = 0; index < numbers.Values.Length; index++)
        {
            if (numbers.Counts[index].Rows > rows)
            {
                (mode, rows) = (numbers.Values[index], numbers.Counts[index].Rows);
            }
        }

        return mode;
    }
}
