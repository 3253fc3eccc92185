using System.Collections.Immutable;

namespace Serving.Models;

/// <summary>Names of <see cref="ModelFormat"/> as <c>--format</c> and <c>model show</c> spell them.</summary>
public static class ModelFormats
{
    private static readonly ImmutableArray<(ModelFormat Format, string Name)> Pairs =
    [
        (ModelFormat.Auto, "auto"),
        (ModelFormat.LightGbm, "lightgbm"),
        (ModelFormat.XGBoostJson, "xgboost-json"),
        (ModelFormat.XGBoostUbj, "xgboost-ubj"),
        (ModelFormat.Linear, "linear"),
    ];

    /// <summary>All names, <c>auto</c> first.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Pairs.Select(pair => pair.Name)];

    /// <summary>The name of a format.</summary>
    public static string NameOf(ModelFormat format) => Pairs.First(pair => pair.Format == format).Name;

    /// <summary>The format of a name; false where there is none.</summary>
    public static bool TryParse(string name, out ModelFormat format)
    {
        foreach ((ModelFormat candidate, string text) in Pairs)
        {
            if (text == name)
            {
                format = candidate;
                return true;
            }
        }

        format = ModelFormat.Auto;
        return false;
    }
}
