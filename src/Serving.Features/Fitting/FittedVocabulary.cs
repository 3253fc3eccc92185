using System.Collections.Immutable;

namespace Serving.Features.Fitting;

/// <summary>The values that <c>vocab</c> keeps, by rank (R85): id = 2 + rank.</summary>
internal sealed record FittedVocabulary(ImmutableArray<CategoryValue> Words, ImmutableArray<long> Counts)
    : FittedEncoder
{
    /// <summary>What the words are.</summary>
    public CategoryType Type { get; init; }
}
