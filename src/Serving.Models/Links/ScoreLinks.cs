using System.Collections.Immutable;

namespace Serving.Models.Links;

/// <summary>The links that <c>linear.json</c> and a bundle's mapping name.</summary>
public static class ScoreLinks
{
    /// <summary>Names that <see cref="Find"/> knows.</summary>
    public static ImmutableArray<string> Names { get; } = ["logit", "identity", "exp", "softmax"];

    /// <summary>The link of a name, or null.</summary>
    public static ScoreLink? Find(string name) => name switch
    {
        "logit" => LogitLink.Instance,
        "identity" => IdentityLink.Instance,
        "exp" => ExpLink.Instance,
        "softmax" => SoftmaxLink.Instance,
        _ => null,
    };
}
