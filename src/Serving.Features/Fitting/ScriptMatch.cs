using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Whether statistics have, for every fitted encoder of a script, what that encoder needs, and nothing else.
/// </summary>
internal static class ScriptMatch
{
    /// <summary>What is missing, of another shape, or of no use; all of it.</summary>
    public static ImmutableArray<InputProblem> ProblemsOf(FittedStatistics statistics, BoundScript script)
    {
        var problems = ImmutableArray.CreateBuilder<InputProblem>();
        var known = new HashSet<(string Member, int Position)>();
        foreach (BoundFeatureMember member in script.Features.SelectMany(feature => feature.Members))
        {
            foreach (BoundEncoder encoder in member.Encoders.Where(encoder => encoder.NeedsStatistics))
            {
                known.Add((member.Name, encoder.Position));
                if (Mismatch(encoder, statistics.Find(member.Name, encoder.Position)) is { } found)
                {
                    string expected = $"what {NameOf(encoder)} was fitted to";
                    problems.Add(Problem(member.Name, encoder.Position, found, expected));
                }
            }
        }

        foreach ((string member, int position) in statistics.Encoders.Where(pair => !known.Contains(pair)).Order())
        {
            problems.Add(Problem(member, position, "statistics", "none, since the script fits no encoder there"));
        }

        return problems.ToImmutable();
    }

    private static InputProblem Problem(string member, int position, string found, string expected) =>
        new($"statistics of '{member}', encoder {position}", found, expected, "fit the script again");

    private static string NameOf(BoundEncoder encoder) => encoder.Kind.ToString().ToLowerInvariant();

    private static string? Mismatch(BoundEncoder encoder, FittedEncoder? fitted) => (encoder.Kind, fitted) switch
    {
        (_, null) => "nothing",
        (EncoderKind.Quantiles, FittedBorders borders) => borders.BySize.Length == encoder.Sizes.Length
            ? null
            : $"borders of {borders.BySize.Length} sizes",
        (EncoderKind.Widths or EncoderKind.Tree, FittedBorders borders) =>
            borders.BySize.Length == 1 && borders.BySize[0].Length < encoder.Sizes[0]
                ? null
                : $"{borders.BySize.Sum(size => size.Length)} borders",
        (EncoderKind.Vocab, FittedVocabulary vocabulary) =>
            vocabulary.Words.Length > encoder.Sizes[0]
                ? $"{vocabulary.Words.Length} words"
                : TypeMismatch(encoder, vocabulary.Type),
        (EncoderKind.Rate, FittedRates rates) => TypeMismatch(encoder, rates.Type),
        (EncoderKind.Standardize, FittedMoments) => null,
        (EncoderKind.MinMax, FittedRange) => null,
        (EncoderKind.Impute, FittedFill) => null,
        _ => $"statistics of another encoder ({fitted.GetType().Name})",
    };

    private static string? TypeMismatch(BoundEncoder encoder, CategoryType type) =>
        type == default || type == CategoryType.Of(encoder.Input)
            ? null
            : $"values of type {type}, where they are {encoder.Input}";
}
