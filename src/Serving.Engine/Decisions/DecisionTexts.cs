using System.Collections.Immutable;
using System.Text;
using Serving.Data;

namespace Serving.Engine.Decisions;

/// <summary>The codes that a bundle's decisions give, with their texts. Immutable.</summary>
internal sealed class DecisionTexts
{
    private readonly ImmutableArray<string> _codes;
    private readonly byte[][] _languages;

    // [languages][codes]; one without texts where the bundle names no language.
    private readonly DecisionReason[][] _reasons;

    /// <summary>Makes the texts of a document.</summary>
    public DecisionTexts(DecisionDocument document)
    {
        _codes = [.. document.Rules.Select(rule => rule.Reason)
            .Concat(document.Thresholds.Select(threshold => threshold.Reason))
            .Append(document.Policy?.Reason).OfType<string>().Distinct()];
        _languages = [.. document.Languages.Select(Encoding.UTF8.GetBytes)];
        string[] languages = document.Languages.IsEmpty ? [""] : [.. document.Languages];
        _reasons = [.. languages.Select(language => _codes
            .Select(code => new DecisionReason(code, TextOf(document, code, language))).ToArray())];
    }

    /// <summary>Place of a code, or -1 for null.</summary>
    public int PlaceOf(string? code) => code is null ? -1 : _codes.IndexOf(code);

    /// <summary>The code at a place; null for -1.</summary>
    public string? CodeAt(int place) => place < 0 ? null : _codes[place];

    /// <summary>Place of a language, letter case apart; 0, the first one, where the bundle does not have it.</summary>
    [HotPath]
    public int LanguageOf(ReadOnlySpan<byte> language)
    {
        for (int place = 0; place < _languages.Length; place++)
        {
            if (Ascii.EqualsIgnoreCase(_languages[place], language))
            {
                return place;
            }
        }

        return 0;
    }

    /// <summary>The reason at a place in a language; none for -1.</summary>
    [HotPath]
    public ReadOnlySpan<DecisionReason> At(int place, int language) =>
        place < 0 ? [] : _reasons[language].AsSpan(place, 1);

    // The first language stands in for one that lacks a text.
    private static string TextOf(DecisionDocument document, string code, string language)
    {
        if (!document.Reasons.TryGetValue(code, out ImmutableSortedDictionary<string, string>? texts))
        {
            return "";
        }

        return texts.GetValueOrDefault(language) ?? texts.GetValueOrDefault(document.Languages[0]) ?? "";
    }
}
