using System.Collections.Immutable;
using System.Numerics;
using Serving.Features.Binding.Tree;
using Serving.Features.Fitting;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>The encoders. What they take and give may be missing (null), except ids, which say missing by 0.</summary>
internal static class InterpretedEncoder
{
    private static readonly Value MissingId = Value.OfId(0);
    private static readonly Value UnseenId = Value.OfId(1);

    /// <summary>Encodes one value by one encoder; only a last <c>quantiles</c> has more than one size.</summary>
    public static Value? Apply(
        BoundEncoder encoder, Value? value, FittedEncoder? fitted, int size, InterpretedFrame frame)
    {
        switch (encoder.Kind)
        {
            case EncoderKind.Edges:
                return Bucket(value, encoder.Numbers);
            case EncoderKind.Quantiles or EncoderKind.Widths or EncoderKind.Tree:
                return Bucket(value, ((FittedBorders)fitted!).BySize[size]);
            case EncoderKind.Hash:
                return OfElements(encoder, value, element => Hash(element, encoder));
            case EncoderKind.Vocab:
                return OfElements(encoder, value, element => Word(element, (FittedVocabulary)fitted!));
            case EncoderKind.Bits:
                return Bits(value, encoder.Sizes[0]);
            case EncoderKind.Impute:
                return value is not null
                    ? Value.OfFloat(ToFloat(value))
                    : Value.OfFloat(fitted is FittedFill fill ? fill.Value : encoder.Constant);
            default:
                // R77, R86, R87, R89: missing stays missing.
                return value is null ? null : Value.OfFloat(Continuous(encoder, value, fitted, frame));
        }
    }

    private static double Continuous(
        BoundEncoder encoder, Value value, FittedEncoder? fitted, InterpretedFrame frame) =>
        encoder.Kind switch
        {
            EncoderKind.Clip => Math.Min(Math.Max(ToFloat(value), encoder.Numbers[0]), encoder.Numbers[1]),
            EncoderKind.Standardize => Standardize(ToFloat(value), (FittedMoments)fitted!, frame),
            EncoderKind.MinMax => MinMax(ToFloat(value), (FittedRange)fitted!, frame),
            EncoderKind.Rate => Rate(value, encoder.Weight, (FittedRates)fitted!, frame),
            _ => throw new InvalidOperationException($"{encoder.Kind} is unknown"),
        };

    // R75: 2 + the number of borders that are not above the value, after conversion to binary64; 0 when missing.
    private static Value Bucket(Value? value, ImmutableArray<double> borders)
    {
        if (value is null)
        {
            return MissingId;
        }

        double number = ToFloat(value);
        return Value.OfId(2 + borders.Count(border => border <= number));
    }

    // R74: of a list one id for each element in order, duplicates kept; a missing list is the single id 0.
    private static Value OfElements(BoundEncoder encoder, Value? value, Func<Value, Value> encode)
    {
        if (value is null)
        {
            return encoder.Output.IsList ? Value.OfList([MissingId]) : MissingId;
        }

        return value.Kind == TypeKind.List ? Value.OfList(value.Items.Select(encode)) : encode(value);
    }

    // R73: the bucket of a cross comes from the digest of the cross itself, which was seeded already.
    private static Value Hash(Value element, BoundEncoder encoder) => ValueDigest.IdOf(
        element.Kind == TypeKind.Digest ? (ulong)element.Whole : ValueDigest.Of(element, encoder.Seed),
        encoder.Sizes[0]);

    // R85: 2 + rank, 1 for every other value.
    private static Value Word(Value element, FittedVocabulary vocabulary)
    {
        int rank = IndexOf(vocabulary.Words, element);
        return rank < 0 ? UnseenId : Value.OfId(2 + rank);
    }

    // R76: one id for every set bit below n of the two's complement, ascending.
    private static Value Bits(Value? value, long count)
    {
        if (value is null)
        {
            return Value.OfList([MissingId]);
        }

        var ids = new List<Value>();
        for (int bit = 0; bit < count; bit++)
        {
            if (!((value.Whole >> bit) & BigInteger.One).IsZero)
            {
                ids.Add(Value.OfId(2 + bit));
            }
        }

        return Value.OfList(ids);
    }

    // R86.
    private static double Standardize(double value, FittedMoments moments, InterpretedFrame frame)
    {
        if (moments.StandardDeviation == 0)
        {
            return 0.0;
        }

        double difference = frame.Saturate(value - moments.Mean);
        return frame.Saturate(difference / moments.StandardDeviation);
    }

    // R87: no clipping; 0 where all fitted values were equal.
    private static double MinMax(double value, FittedRange range, InterpretedFrame frame)
    {
        if (range.Max == range.Min)
        {
            return 0.0;
        }

        double dividend = frame.Saturate(value - range.Min);
        double divisor = frame.Saturate(range.Max - range.Min);
        return frame.Saturate(dividend / divisor);
    }

    // R89: (k + weight * p) / (n + weight) in this order; p for a value that fitting never saw.
    private static double Rate(Value value, double weight, FittedRates rates, InterpretedFrame frame)
    {
        int place = IndexOf(rates.Values, value);
        if (place < 0)
        {
            return rates.Prior;
        }

        double product = frame.Saturate(weight * rates.Prior);
        double dividend = frame.Saturate(rates.Positives[place] + product);
        double divisor = frame.Saturate(rates.Counts[place] + weight);
        return frame.Saturate(dividend / divisor);
    }

    private static int IndexOf(ImmutableArray<CategoryValue> values, Value value)
    {
        for (int index = 0; index < values.Length; index++)
        {
            bool isEqual = value.Kind switch
            {
                TypeKind.String => values[index].Text.AsSpan().SequenceEqual(value.Text),
                TypeKind.Float => values[index].Slot == BitConverter.DoubleToInt64Bits(value.Real),
                _ => values[index].Slot == value.Whole,
            };
            if (isEqual)
            {
                return index;
            }
        }

        return -1;
    }

    // R9, R11, R75: the nearest binary64.
    private static double ToFloat(Value value) => ExactNumber.Of(value).ToDouble();
}
