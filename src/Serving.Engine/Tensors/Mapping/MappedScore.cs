namespace Serving.Engine.Tensors.Mapping;

/// <summary>Which output of a tensor model is the raw score of a row. Immutable.</summary>
/// <param name="Output">Its place among the signature's outputs.</param>
/// <param name="Count">Raw scores of a row; 0 where that is known only once the model ran.</param>
internal sealed record MappedScore(int Output, int Count)
{
    /// <summary>The place in the last dimension; null takes all of them.</summary>
    public int? Index { get; init; }

    /// <summary>The key of a map whose value it is; null of tensors.</summary>
    public string? Key { get; init; }
}
