using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Fitting;
using Serving.Features.Types;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws statistics for a script: harder than fitted ones, and for each encoder drawn from its name alone, so that a
/// script with fewer features has the same.
/// </summary>
internal static class StatisticsGenerator
{
    public static FittedStatistics Draw(FeatureScript script, ulong seed)
    {
        var fitted = new Dictionary<(string Member, int Position), FittedEncoder>();
        foreach (BoundFeatureMember member in script.Bound.Features.SelectMany(feature => feature.Members))
        {
            foreach (BoundEncoder encoder in member.Encoders.Where(encoder => encoder.NeedsStatistics))
            {
                ulong own = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(member.Name), (long)seed + encoder.Position);
                fitted[(member.Name, encoder.Position)] = Draw(encoder, new Choice(own));
            }
        }

        return new FittedStatistics(script.Sha256, ReadOnlyMemory<byte>.Empty, fitted.ToFrozenDictionary());
    }

    private static FittedEncoder Draw(BoundEncoder encoder, Choice choice) => encoder.Kind switch
    {
        EncoderKind.Standardize => new FittedMoments(
            RowGenerator.Float(choice), choice.OneIn(5) ? 0 : Math.Abs(RowGenerator.Float(choice))),
        EncoderKind.MinMax => Range(choice),
        EncoderKind.Impute => new FittedFill(RowGenerator.Float(choice) + 0.0),
        EncoderKind.Vocab => Vocabulary(encoder, choice),
        EncoderKind.Rate => Rates(encoder, choice),
        EncoderKind.Quantiles => new FittedBorders(Sizes(encoder.Sizes.Length, choice)),
        _ => new FittedBorders([[.. Borders(choice).Take((int)encoder.Sizes[0] - 1)]]),
    };

    private static FittedRange Range(Choice choice)
    {
        double a = RowGenerator.Float(choice);
        double b = choice.OneIn(5) ? a : RowGenerator.Float(choice);
        return new FittedRange(Math.Min(a, b), Math.Max(a, b));
    }

    // Equal lists now and then: the later one has no column (R81).
    private static ImmutableArray<ImmutableArray<double>> Sizes(int count, Choice choice)
    {
        var lists = new List<ImmutableArray<double>>();
        for (int size = 0; size < count; size++)
        {
            lists.Add(size > 0 && choice.OneIn(3) ? lists[size - 1] : Borders(choice));
        }

        return [.. lists];
    }

    private static ImmutableArray<double> Borders(Choice choice) =>
        [.. Enumerable.Range(0, choice.Below(6)).Select(_ => RowGenerator.Float(choice) + 0.0).Distinct().Order()];

    private static FittedVocabulary Vocabulary(BoundEncoder encoder, Choice choice)
    {
        ImmutableArray<CategoryValue> words = [.. Values(encoder.Input, choice).Take((int)encoder.Sizes[0])];
        return new FittedVocabulary(words, [.. words.Select(_ => 1L + choice.Below(1000))]);
    }

    private static FittedRates Rates(BoundEncoder encoder, Choice choice)
    {
        ImmutableArray<CategoryValue> values = Values(encoder.Input, choice);
        long[] counts = [.. values.Select(_ => 1L + choice.Below(100_000))];
        long[] positives = [.. counts.Select(count => (long)choice.Below((int)count + 1))];
        return new FittedRates(choice.Below(1001) / 1000.0, values, [.. positives], [.. counts]);
    }

    private static ImmutableArray<CategoryValue> Values(ScriptType input, Choice choice)
    {
        FieldType type = input.IsList ? input.ElementType.ToFieldType() : input.ToFieldType();
        return [.. Enumerable.Range(0, choice.Below(40)).Select(_ => Value(type, choice)).Distinct()];
    }

    private static CategoryValue Value(FieldType type, Choice choice) =>
        RowGenerator.Value(type.AsRequired(), choice) switch
    {
        string text => new CategoryValue(0, [.. Encoding.UTF8.GetBytes(text)]),
        double number => new CategoryValue(BitConverter.DoubleToInt64Bits(number + 0.0), []),
        object slot => new CategoryValue((long)slot, []),
    };
}
