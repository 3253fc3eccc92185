using System.Collections.Immutable;

namespace Serving.Models;

/// <summary>One input feature as the model's tool knows it. Immutable.</summary>
/// <param name="Name">Its name in the model, or a default name.</param>
/// <param name="Type"><c>number</c>, <c>category</c> (the tool's codes, or texts of <paramref name="Categories"/>) or
/// <c>ids</c> (a block of a linear model).</param>
/// <param name="Categories">Names of the categories in the order of their codes; empty where the model holds
/// none.</param>
public sealed record ModelFeature(string Name, string Type, ImmutableArray<string> Categories)
{
    /// <summary>A feature that is a number.</summary>
    public static ModelFeature Number(string name) => new(name, "number", []);

    /// <summary>Whether cells may be texts, which are looked up in <see cref="Categories"/>.</summary>
    public bool TakesText => Categories.Length > 0;

    /// <summary>The code of a category's name, or -1 for one that the model has not seen (XGBoost: an error).</summary>
    public int CodeOf(string category) => Categories.IndexOf(category);
}
